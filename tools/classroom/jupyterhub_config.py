"""JupyterHub's settings for a class. `tools/classroom` fills them from one JSON file.

For a hub of your own, copy this file and put your own values in place of SETTINGS.
"""

import hmac
import json
import os
from pathlib import Path

from jupyterhub.auth import Authenticator

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (JupyterHub provides it)
SETTINGS = json.loads(Path(os.environ["CLASSROOM_SETTINGS"]).read_text(encoding="utf-8"))
FOLDER = Path(SETTINGS["folder"])
TEACHERS = set(SETTINGS["teachers"])


class OnePasswordEach(Authenticator):
    """Sign in with the password that the start of the classroom printed."""

    async def authenticate(self, handler, data):
        """Return the user's name if the password is right."""
        expected = SETTINGS["passwords"].get(data["username"], "")
        given = data["password"] or ""
        right = bool(expected) and hmac.compare_digest(expected.encode(), given.encode())
        return data["username"] if right else None


c.JupyterHub.authenticator_class = OnePasswordEach
c.Authenticator.allowed_users = set(SETTINGS["passwords"])
c.Authenticator.admin_users = set()

# Loopback only: this is a demonstration, not a server for the world.
c.JupyterHub.bind_url = f"http://127.0.0.1:{SETTINGS['port']}/"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{SETTINGS['hub_port']}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{SETTINGS['proxy_port']}"
c.ConfigurableHTTPProxy.command = SETTINGS["proxy"]
c.JupyterHub.db_url = f"sqlite:///{FOLDER / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(FOLDER / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(FOLDER / "proxy.pid")
c.JupyterHub.cleanup_servers = True

# With real system users every server runs as its own user. Without them all servers run as
# the one who started the hub: that shows the course, and isolates nobody.
c.JupyterHub.spawner_class = "localprocess" if SETTINGS["system_users"] else "simple"
if not SETTINGS["system_users"]:
    c.SimpleLocalProcessSpawner.home_dir_template = str(FOLDER / "home" / "{username}")

# A limit on the data segment stands in for the memory limit of a container.
c.Spawner.cmd = [*SETTINGS["limit"], SETTINGS["singleuser"]]
c.Spawner.default_url = "/lab/tree/notebooks/00_measuring.ipynb"
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
c.JupyterHub.concurrent_spawn_limit = 10

# A server that nobody uses gives its memory back.
IDLE = [
    "--ServerApp.shutdown_no_activity_timeout=7200",
    "--MappingKernelManager.cull_idle_timeout=1800",
    "--MappingKernelManager.cull_interval=300",
]
# `jupyter server extension disable` does not work for this one; the setting does.
NO_FORMGRADER = (
    "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': False,"
    " 'nbgrader.server_extensions.course_list': False}"
)


def prepare(spawner):
    """Give each user their settings; only teachers get formgrader."""
    role = "teacher" if spawner.user.name in TEACHERS else "student"
    home = FOLDER / "home" / spawner.user.name
    spawner.notebook_dir = str(home)
    spawner.args = [*IDLE] if role == "teacher" else [*IDLE, NO_FORMGRADER]
    spawner.environment = {
        "JUPYTER_CONFIG_PATH": str(FOLDER / "config" / role),
        "JUPYTERHUB_SINGLEUSER_APP": "jupyter_server.serverapp.ServerApp",
        "PATH": SETTINGS["path"],
        "COURSE_DATA": str(home / "data"),
        "HOME": str(home),
    }


c.Spawner.pre_spawn_hook = prepare
