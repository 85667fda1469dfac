"""The cluster that one connects to by its address ends, whatever happened to it."""

import pytest

from course_lib.experiments import cluster


def test_a_scheduler_that_does_not_start_is_an_error_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster.sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match="did not start"):
        cluster.DistantCluster(tmp_path)
    assert not list(tmp_path.iterdir())
