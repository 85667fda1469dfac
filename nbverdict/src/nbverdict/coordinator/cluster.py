"""Run submissions on a dask.distributed cluster; grades are still written at one place.

A job and its answer are plain data. Each worker process of the cluster has a fork server
and a jail of its own. If a worker dies, dask runs its unfinished submissions on another
one; the coordinator writes each answer once, so nothing is graded twice.
"""

import atexit
import threading

from nbverdict.jail.place import FULL, PROCESS_ONLY, Level
from nbverdict.settings import Settings

_RETRIES = 3
_pools: dict = {}
_lock = threading.Lock()


class Cluster:
    """A connection to a scheduler; stands where a `pool.Pool` would.

    Parameters
    ----------
    address : str
        ``tcp://host:port`` of the scheduler.
    settings : Settings

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
        found = self.client.run(_level, settings.to_dict())
        self.level = min((Level(*parts) for parts in found.values()), key=_strength)

    def run(self, job: dict) -> dict:
        """Run one job somewhere; wait for its answer."""
        future = self.client.submit(
            _run, job, self.settings.to_dict(), pure=False, retries=_RETRIES
        )
        try:
            return future.result()
        finally:
            future.release()

    def close(self) -> None:
        """Leave the cluster; it goes on running."""
        self.client.close()


def _strength(level: Level) -> int:
    return [PROCESS_ONLY, FULL].index(level.name)


def _pool(settings: dict):
    """Return the pool of this worker process, made at first use."""
    from nbverdict.coordinator.pool import Pool

    with _lock:
        key = repr(settings)
        if key not in _pools:
            _pools[key] = Pool(Settings(**settings), _threads())
            atexit.register(_pools[key].close)
        return _pools[key]


def _threads() -> int:
    from distributed import get_worker

    try:
        return get_worker().state.nthreads
    except ValueError:
        return 1


def _level(settings: dict) -> tuple:
    level = _pool(settings).level
    return level.name, level.why, level.extras


def _run(job: dict, settings: dict) -> dict:
    pool = _pool(settings)
    if settings["require_jail"] and pool.level.name != FULL:
        raise RuntimeError(f"isolation on this worker: {pool.level}")
    return pool.run(job) | {"level": str(pool.level)}
