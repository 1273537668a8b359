"""Tests of the pages of the operator's tools."""
