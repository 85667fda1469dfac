"""An object store with the S3 API, served on this machine by moto, that logs its requests.

The server is a process of its own, as a real one is: what the client spends in memory can
then be measured without it.
"""

import logging
import threading
from dataclasses import dataclass
from multiprocessing import get_context

# Known to nobody: the server accepts any. Real keys of the learner must not be looked up.
_KEY = "course"


@dataclass(frozen=True)
class Request:
    """One request that the server answered.

    Attributes
    ----------
    method : str
        ``"GET"``, ``"PUT"``, ``"HEAD"``, ...
    key : str
        Bucket and key of the object.
    sent, received : int
        Bytes of the body that the server sent, and that it was sent.
    status : int
        200 and 206 are success, 404 is "no such key".
    """

    method: str
    key: str
    sent: int
    received: int
    status: int


class ObjectStore:
    """Serve an empty bucket until `stop`, or for the time of a ``with`` block.

    Parameters
    ----------
    bucket : str
        Name of the bucket.

    Attributes
    ----------
    endpoint : str
        Address of the server; only this machine can reach it.
    pid : int
        Process of the server.
    """

    def __init__(self, bucket: str = "course"):
        context = get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._server = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._server.start()
        theirs.close()
        self.bucket, self._opened = bucket, {}
        self.pid, self.endpoint = self._server.pid, self._connection.recv()
        self.files().mkdir(bucket)
        self.clear()

    def requests(self) -> list[Request]:
        """Return what the server answered since `clear`, in order of arrival."""
        return self._ask("requests")

    def clear(self) -> None:
        """Forget the requests so far."""
        self._ask("clear")

    @property
    def options(self) -> dict:
        """Options for s3fs, and so for ``storage_options`` everywhere."""
        return {
            "key": _KEY,
            "secret": _KEY,
            "endpoint_url": self.endpoint,
            "client_kwargs": {"region_name": "eu-west-1"},
            "config_kwargs": {"proxies": {}},
            "use_listings_cache": False,
        }

    def files(self):
        """Return an s3fs file system on this server."""
        return self._open(asynchronous=False)

    def zarr_store(self, name: str, read_only: bool = False):
        """Return a Zarr store for the objects whose keys start with `name`."""
        from zarr.storage import FsspecStore

        path = f"{self.bucket}/{name}"
        return FsspecStore(self._open(asynchronous=True), read_only=read_only, path=path)

    def _open(self, asynchronous: bool):
        """Return the file system for one kind of use; each new one would cost 12 MiB."""
        import s3fs

        if asynchronous not in self._opened:
            options = {"asynchronous": asynchronous, "skip_instance_cache": True}
            self._opened[asynchronous] = s3fs.S3FileSystem(**self.options, **options)
        return self._opened[asynchronous]

    def objects(self) -> dict[str, int]:
        """Return keys and sizes of all objects in the bucket."""
        found = self.files().find(self.bucket, detail=True)
        return {key.partition("/")[2]: entry["size"] for key, entry in sorted(found.items())}

    def stop(self) -> None:
        """Close the connections and end the server; its objects go with it."""
        if not self._server.is_alive():
            return
        for files in self._opened.values():
            close_connections(files)
        self._opened.clear()
        self._ask("stop")
        self._server.join()
        self._connection.close()

    def _ask(self, what: str):
        self._connection.send(what)
        return self._connection.recv()

    def __enter__(self) -> "ObjectStore":
        return self

    def __exit__(self, *exc) -> None:
        self.stop()


def close_connections(files) -> None:
    """Close the connections of one file system, in the loop that they belong to."""
    from fsspec.asyn import sync

    from course_lib._zarr_hooks import sync as sync_in_zarr

    if files._s3 is None:
        return
    if files.asynchronous:
        sync_in_zarr(files._s3.close())
    else:
        sync(files.loop, files._s3.close)


def _serve(connection) -> None:
    """Be the server, until told to stop or until the other side is gone."""
    from moto.server import ThreadedMotoServer

    # The server would write a line to stderr for each request.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    # moto has no hook for this: the server asks its `app` for every answer.
    application = server._server.app = _Logging(server._server.app)
    host, port = server.get_host_and_port()
    connection.send(f"http://{host}:{port}")
    try:
        while (what := connection.recv()) != "stop":
            connection.send(application.answer(what))
        connection.send(None)
    except EOFError:
        pass
    server.stop()


class _Logging:
    """A web application that passes everything on and writes it down."""

    def __init__(self, app):
        self._app, self._log, self._lock = app, [], threading.Lock()

    def answer(self, what: str) -> list[Request] | None:
        with self._lock:
            if what == "requests":
                return list(self._log)
            self._log.clear()

    def __call__(self, environ, start_response):
        status = []

        def start(line, headers, exc_info=None):
            status.append(int(line.split()[0]))
            return start_response(line, headers, exc_info)

        body = list(self._app(environ, start))
        method, key = environ["REQUEST_METHOD"], environ["PATH_INFO"].lstrip("/")
        sent = 0 if method == "HEAD" else sum(map(len, body))
        received = int(environ.get("CONTENT_LENGTH") or 0)
        with self._lock:
            self._log.append(Request(method, key, sent, received, status[-1]))
        return body
