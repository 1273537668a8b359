"""Importing the engine is cheap, and its public names are all there."""

from __future__ import annotations

import subprocess
import sys

import pytest

import engine


def test_importing_the_engine_or_its_command_line_does_not_load_torch() -> None:
    code = "import sys, engine, engine.cli; engine.PRESETS; print('torch' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_every_public_name_can_be_had() -> None:
    for name in engine.__all__:
        assert getattr(engine, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        engine.nothing  # noqa: B018


def test_every_error_is_an_engine_error() -> None:
    for error in (engine.ImageError, engine.OptionsError, engine.WeightsError, engine.OutOfMemoryError):
        assert issubclass(error, engine.EngineError)
