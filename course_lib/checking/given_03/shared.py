"""What several problems of exercise 03 use."""

from course_lib.checking.difference import is_closed_map
from course_lib.checking.outcome import Outcome


def copy_of(array):
    """Copy an array, but not one whose memory is gone: to look there would end Python."""
    import numpy as np

    if is_closed_map(array):
        raise ValueError("the array looks at a memory map that is closed")
    return np.array(array)


def entry(run: Outcome, name: str):
    """Return one entry of the dict that a given function made."""
    return run.value.get(name) if type(run.value) is dict else run.value
