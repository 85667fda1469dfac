"""Run submissions on a dask.distributed cluster; grades are still written at one place.

A job and its answer hold plain data only. Each worker process of the cluster has a fork server
and a jail of its own. If a worker dies, dask runs its unfinished submissions on another
one; the coordinator writes each answer once, so nothing is graded twice.
"""

import atexit
import threading
from collections.abc import Iterable
from dataclasses import replace

from nbverdict.coordinator.pool import Pool
from nbverdict.jail.place import FULL, PROCESS_ONLY, Level
from nbverdict.settings import Settings
from nbverdict.steps import Answer, Job

_RETRIES = 3
_pools: dict[Settings, Pool] = {}
_lock = threading.Lock()


class Cluster:
    """A connection to a scheduler; stands where a `pool.Pool` would.

    Parameters
    ----------
    address : str
        ``tcp://host:port`` of the scheduler.
    settings : Settings
    wait : float
        Seconds to wait for the scheduler and for its first worker.

    Attributes
    ----------
    jobs : int
        Submissions that the cluster runs at the same time.
    level : Level
        The weakest jail of all workers.
    """

    def __init__(self, address: str, settings: Settings, wait: float = 30.0):
        from distributed import Client

        self.settings = settings
        self.client = Client(address, timeout=wait, set_as_default=False)
        self.client.wait_for_workers(1, timeout=wait)
        self.jobs = sum(self.client.nthreads().values())
        self.level = min(self.client.run(_level, settings).values(), key=_strength)

    def run(self, job: Job) -> Answer:
        """Run one job somewhere; wait for its answer."""
        future = self.client.submit(_run, job, self.settings, pure=False, retries=_RETRIES)
        try:
            return future.result()
        finally:
            future.release()

    def load(self, libraries: Iterable[str]) -> None:
        """Do nothing: each worker imports what a job names."""

    def close(self) -> None:
        """Leave the cluster; it goes on running."""
        self.client.close()


def _strength(level: Level) -> int:
    return [PROCESS_ONLY, FULL].index(level.name)


def _pool(settings: Settings) -> Pool:
    """Return the pool of this worker process, made at first use."""
    with _lock:
        if settings not in _pools:
            _pools[settings] = Pool(settings, _threads())
            atexit.register(_pools[settings].close)
        return _pools[settings]


def _threads() -> int:
    from distributed import get_worker

    try:
        return get_worker().state.nthreads
    except ValueError:
        return 1


def _level(settings: Settings) -> Level:
    return _pool(settings).level


def _run(job: Job, settings: Settings) -> Answer:
    pool = _pool(settings)
    if settings.require_jail and pool.level.name != FULL:
        raise RuntimeError(f"isolation on this worker: {pool.level}")
    return replace(pool.run(job), level=str(pool.level))
