"""The web process: Flask and Socket.IO under gunicorn with threads, no monkey-patching (house.md, section 8)."""

import ssl
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from app import dicomweb, stream, web
from app.base.i18n import catalogue_for
from app.base.settings import Settings
from app.edge import sockets
from app.edge.app import create_flask, install
from app.edge.services import Services
from app.main.http_worker import PatientWorker
from app.main.platform import open_engines
from app.main.settling import settle

_WITHOUT_THREAD = 512  # connections between two requests, or before the first


def create_web(services: Services) -> Flask:
    """Every HTTP and socket door, the parts' included, on one Flask app."""
    flask_app = create_flask()
    install(flask_app, services)
    for blueprint in (*web.BLUEPRINTS, stream.blueprint, dicomweb.blueprint, *services.platform.blueprints):
        flask_app.register_blueprint(blueprint(services))
    gate = sockets.install(flask_app, services)
    for namespace in (*web.NAMESPACES, *services.platform.namespaces):
        gate.socketio.on_namespace(namespace(gate))
    gate.start()
    return flask_app


class _Server(BaseApplication):
    """gunicorn told what to do by us, not by files or arguments."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        web_settings = self._settings.web
        options: dict[str, Any] = {
            "bind": web_settings.address,
            "workers": 1,
            "threads": web_settings.threads,
            "worker_class": PatientWorker,
            "worker_connections": web_settings.threads + _WITHOUT_THREAD,
            "timeout": 120,
            "graceful_timeout": 5,
            "keepalive": 30,
            "control_socket_disable": True,
            "accesslog": None,  # addresses may hold secrets: app.edge.app writes the log line
            "forwarded_allow_ips": "127.0.0.1" if web_settings.behind_proxy else "",
            "loglevel": "warning",
        }
        if web_settings.tls_certificate is not None:
            options |= {
                "certfile": str(web_settings.tls_certificate),
                "keyfile": str(web_settings.tls_key),
                "ssl_context": _modern_tls,
            }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """In the worker process: threads and sockets are made after the fork."""
        flask_app = create_web(open_engines(self._settings, listen=True).services)
        catalogue_for("vi")  # else the first who is told something waits for it
        settle()
        return flask_app


def _modern_tls(_config: Any, default: Any) -> ssl.SSLContext:
    context: ssl.SSLContext = default()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def serve(settings: Settings) -> None:
    """Runs until told to stop."""
    _Server(settings).run()
