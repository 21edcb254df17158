"""The text of `neo4j.conf`."""

from pathlib import Path

from graph.server.home import Home
from graph.server.ports import HOST
from graph.settings import Settings

SECURITY = {
    # LOAD CSV would otherwise read any file of the machine, even in a READ transaction,
    "dbms.security.allow_csv_import_from_file_urls": "false",
    # and any address the machine can reach.
    "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
    # Only GDS reaches below the procedure interface, and only what is used can be called.
    "dbms.security.procedures.unrestricted": "gds.*",
    "dbms.security.procedures.allowlist": (
        "gds.*,db.*,dbms.components,dbms.info,dbms.showCurrentUser,dbms.routing.*,dbms.cluster.*"
    ),
    # Nothing is reported to anyone.
    "dbms.usage_report.enabled": "false",
    "dbms.fleet_manager.enabled": "false",
    "client.allow_telemetry": "false",
    # A forgotten query ends.
    "db.transaction.timeout": "60s",
}
"""Security settings that hold wherever the project starts a Neo4j, also in docker-compose.yml."""


def neo4j_conf(
    settings: Settings, home: Home, plugins: Path, bolt_port: int, http_port: int
) -> str:
    """The whole configuration of the local server, one `name=value` per line."""
    values = {
        "server.default_listen_address": HOST,
        "server.default_advertised_address": HOST,
        "server.bolt.listen_address": f"{HOST}:{bolt_port}",
        "server.bolt.advertised_address": f"{HOST}:{bolt_port}",
        "server.http.listen_address": f"{HOST}:{http_port}",
        "server.http.advertised_address": f"{HOST}:{http_port}",
        "server.directories.data": home.data,
        "server.directories.logs": home.logs,
        "server.directories.import": home.imports,
        "server.directories.plugins": plugins,
        "server.memory.heap.max_size": f"{settings.heap_mb}m",
        "server.memory.pagecache.size": f"{settings.pagecache_mb}m",
        # Otherwise any web page could query the server from a visitor's browser.
        "dbms.security.http_access_control_allow_origin": f"http://{HOST}:{http_port}",
        **SECURITY,
        # Otherwise an empty database takes up half a gigabyte of disk.
        "db.tx_log.preallocate": "false",
        # Without it a stop waits ten seconds for Bolt connections that are already closed.
        "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration": "0s",
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())
