"""The state of a random generator, so that it goes on where the other side has left it."""

import random
from typing import Any

import numpy as np

RANDOM = (np.random.Generator, np.random.RandomState, random.Random)


def random_state(generator: Any) -> Any:
    """Return the state of a generator as plain data."""
    if isinstance(generator, random.Random):
        return generator.getstate()
    if isinstance(generator, np.random.RandomState):
        return generator.get_state(legacy=False)
    return generator.bit_generator.state


def set_random_state(generator: Any, state: Any) -> None:
    """Let a generator go on from a state.

    Raises
    ------
    ValueError, TypeError, KeyError
        If it is no state of such a generator.
    """
    if isinstance(generator, random.Random):
        generator.setstate(state)
    elif isinstance(generator, np.random.RandomState):
        generator.set_state(state)
    else:
        generator.bit_generator.state = state


def made(kind: str, state: Any) -> Any:
    """Return a new generator in this state.

    Parameters
    ----------
    kind : str
        "Random", "RandomState", or the name of a bit generator of NumPy.
    state : object
    """
    if kind in ("Random", "SystemRandom"):
        generator: Any = random.Random()
    elif kind == "RandomState":
        generator = np.random.RandomState()
    else:
        generator = np.random.Generator(getattr(np.random, kind)())
    set_random_state(generator, state)
    return generator
