"""Tests of the votes."""
