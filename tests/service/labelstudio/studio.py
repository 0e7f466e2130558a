"""A Label Studio of its own, started for a test, and asked through its API."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager

import httpx

EXECUTABLE = "LABEL_STUDIO"  # names it where it is not on the PATH
USER, PASSWORD = "analyst@example.org", "fenzhen-1234"
TOKEN = "0123456789abcdef0123456789abcdef01234567"
PATIENCE = 300  # seconds: it migrates its database first
_SETTINGS = {
    # Tokens of this kind are off in recent releases, and so are addresses of the own network.
    "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
    "ML_BLOCK_LOCAL_IP": "false",
    "SSRF_PROTECTION_ENABLED": "false",
    "COLLECT_ANALYTICS": "false",
    "LATEST_VERSION_CHECK": "false",
}


def executable():
    """Return the program, or None."""
    return shutil.which(os.environ.get(EXECUTABLE, "label-studio"))


@contextmanager
def running(program, folder):
    """Start Label Studio on a free port with all that it has in a folder; yield a client."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    told = {"--port": port, "--host": address, "--username": USER, "--password": PASSWORD}
    options = [str(part) for pair in (told | {"--user-token": TOKEN}).items() for part in pair]
    command = [program, "start", "--no-browser", "--enable-legacy-api-token", *options]
    settings = os.environ | _SETTINGS | {"LABEL_STUDIO_BASE_DATA_DIR": str(folder)}
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, env=settings, stdout=log, stderr=log)
    try:
        headers = {"Authorization": f"Token {TOKEN}"}
        with httpx.Client(base_url=address, headers=headers, timeout=60) as client:
            _wait(client, process, folder)
            yield client
    finally:
        process.terminate()
        process.wait(30)


def _wait(client, process, folder):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if client.get("/health").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise AssertionError((folder / "log.txt").read_text("utf-8", "replace")[-2000:])


def done(reply):
    """Return the answer of a request that must succeed."""
    assert reply.status_code < 300, f"{reply.request.url}: {reply.text}"
    return reply.json() if reply.content else None


class Project:
    """A project of Label Studio with a labelling config."""

    def __init__(self, client, config, title="客户反馈"):
        self.client = client
        given = {"title": title, "label_config": config, "show_collab_predictions": True}
        self.id = done(client.post("/api/projects", json=given))["id"]

    def connect(self, address, key):
        """Ask Label Studio to use an ML backend; return its reply."""
        given = {
            "project": self.id,
            "url": f"{address}/label-studio",
            "title": "分诊 Fenzhen",
            "auth_method": "BASIC_AUTH",
            "basic_auth_user": "fenzhen",
            "basic_auth_pass": key,
        }
        return self.client.post("/api/ml", json=given)

    def take(self, tasks):
        """Import tasks; return their ids."""
        path, query = f"/api/projects/{self.id}/import", {"return_task_ids": "true"}
        return done(self.client.post(path, json=tasks, params=query))["task_ids"]

    def predict(self):
        """Press the button that retrieves predictions for every task."""
        query = {"id": "retrieve_tasks_predictions", "project": self.id}
        chosen = {"selectedItems": {"all": True, "excluded": []}, "ordering": []}
        return done(self.client.post("/api/dm/actions", params=query, json=chosen))

    def show(self, version):
        """Choose which predictions annotators see."""
        done(self.client.patch(f"/api/projects/{self.id}", json={"model_version": version}))

    def task(self, id_):
        return done(self.client.get(f"/api/tasks/{id_}"))

    def sign_webhook(self, key):
        """Give the webhook that came with the ML backend the header that names us."""
        (hook,) = done(self.client.get("/api/webhooks/", params={"project": self.id}))
        headers = {"headers": {"Authorization": f"Bearer {key}"}}
        return done(self.client.patch(f"/api/webhooks/{hook['id']}/", json=headers))["url"]

    def annotate(self, task, result):
        given = {"result": result}
        return done(self.client.post(f"/api/tasks/{task}/annotations", json=given))["id"]
