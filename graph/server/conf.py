"""The text of `neo4j.conf`."""

from graph.server.home import LOG_LINK, Home
from graph.server.ports import HOST
from graph.settings import Settings

_GDS = ",".join(
    (
        *(f"gds.{letter}*" for letter in "abcdefhiklmnprstuvw"),
        *(f"gds.graph.{letter}*" for letter in "dfglnprsw"),
        "gds.graph.exists",
    )
)
"""All of GDS but `gds.graph.export`, which writes to the disk in a READ transaction."""

SECURITY = {
    # LOAD CSV would otherwise read any file of the machine, even in a READ transaction,
    "dbms.security.allow_csv_import_from_file_urls": "false",
    # and any address the machine can reach.
    "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
    # Only GDS reaches below the procedure interface, and only what is used can be called.
    "dbms.security.procedures.unrestricted": "gds.*",
    "dbms.security.procedures.allowlist": (
        f"{_GDS},db.*,dbms.components,dbms.info,dbms.showCurrentUser,dbms.routing.*,dbms.cluster.*"
    ),
    # Nothing is reported to anyone.
    "dbms.usage_report.enabled": "false",
    "dbms.fleet_manager.enabled": "false",
    "client.allow_telemetry": "false",
    # A forgotten query ends.
    "db.transaction.timeout": "60s",
}
"""Security settings that hold wherever the project starts a Neo4j, also in docker-compose.yml."""


def browser_policy(bolt_port: int) -> str:
    """The content security policy of Neo4j Browser: it reaches its own server and no other host."""
    hosts = [f"{name}:{bolt_port}" for name in (HOST, "localhost")]
    bolt = " ".join(f"{scheme}://{host}" for host in hosts for scheme in ("ws", "http"))
    return "; ".join(
        (
            "default-src 'self'",
            f"connect-src 'self' {bolt}",
            "script-src 'self' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def neo4j_conf(settings: Settings, home: Home, plugins: str, bolt_port: int, http_port: int) -> str:
    """The whole configuration of the local server, one `name=value` per line.

    Folders are below the home; `plugins` is the path of the plugins there.
    """
    origin = f"http://{HOST}:{http_port}"
    values = {
        "server.default_listen_address": HOST,
        "server.default_advertised_address": HOST,
        "server.bolt.listen_address": f"{HOST}:{bolt_port}",
        "server.bolt.advertised_address": f"{HOST}:{bolt_port}",
        "server.http.listen_address": f"{HOST}:{http_port}",
        "server.http.advertised_address": f"{HOST}:{http_port}",
        "server.directories.data": home.data.name,
        "server.directories.logs": LOG_LINK,
        "server.directories.import": home.imports.name,
        "server.directories.plugins": plugins,
        "server.memory.heap.max_size": f"{settings.heap_mb}m",
        "server.memory.pagecache.size": f"{settings.pagecache_mb}m",
        # Otherwise any web page could query the server from a visitor's browser.
        "dbms.security.http_access_control_allow_origin": origin,
        "dbms.security.http_static_content_security_policy_header": browser_policy(bolt_port),
        **SECURITY,
        **_transaction_logs(settings.transaction_log_mb),
        # Otherwise an empty database takes up half a gigabyte of disk.
        "db.tx_log.preallocate": "false",
        # A full disk leaves half of a last entry, and the database would never start again.
        "internal.dbms.tx_log.fail_on_corrupted_log_files": "false",
        # Without it a stop waits ten seconds for Bolt connections that are already closed.
        "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration": "0s",
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())


def _transaction_logs(most_mb: int) -> dict[str, str]:
    """Settings by which the transaction logs stay below this size, but for the last write.

    What a checkpoint has made superfluous is deleted a file at a time. So a checkpoint comes after
    half of it is written, and not after a quarter of an hour, in which gigabytes can be.
    """
    return {
        "db.checkpoint": "VOLUME",
        "db.checkpoint.interval.volume": f"{most_mb // 2}m",
        "db.tx_log.rotation.size": f"{most_mb // 8}m",
        "db.tx_log.rotation.retention_policy": "keep_none",
    }
