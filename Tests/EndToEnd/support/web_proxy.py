"""nginx and Caddy, as the guides configure them, on an address of their own."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import certificates as making
from address import Address, free_port

NGINX = """daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
{user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/temporary;
    proxy_temp_path {folder}/temporary;
    fastcgi_temp_path {folder}/temporary;
    uwsgi_temp_path {folder}/temporary;
    scgi_temp_path {folder}/temporary;
    include {folder}/etc/nginx/conf.d/*.conf;
}}
"""


@contextmanager
def nginx(folder: Path, certificates: making.Certificates) -> Iterator[Address]:
    """nginx with the files that a guide has put into `folder`; it serves HTTPS."""
    address = Address("127.0.0.1", free_port(), tls=certificates.client_context())
    certificate = certificates.leaf()
    (folder / "var/log/nginx").mkdir(parents=True)
    for file in (folder / "etc/nginx/conf.d").glob("*.conf"):
        text = file.read_text().replace("listen 443 ssl", f"listen {address} ssl")
        text = re.sub(r"ssl_certificate \S+;", f"ssl_certificate {certificate};", text)
        key = certificate.with_suffix(".key")
        file.write_text(re.sub(r"ssl_certificate_key \S+;", f"ssl_certificate_key {key};", text))
    main = folder / "nginx.conf"
    # Workers of another user could not read the test's folder.
    user = "user root;" if os.geteuid() == 0 else ""
    main.write_text(NGINX.format(folder=folder, user=user))
    with program(["nginx", "-c", main], address, folder):
        yield address


@contextmanager
def caddy(folder: Path) -> Iterator[Address]:
    """Caddy with the Caddyfile that a guide has put into `folder`; it serves HTTP."""
    address = Address("127.0.0.1", free_port())
    text = (folder / "etc/caddy/Caddyfile").read_text()
    site = text.replace("gateway.example", f"http://{address}")
    assert site != text
    file = folder / "Caddyfile"
    file.write_text("{\n\tadmin off\n}\n" + site.split("\n", 1)[1])
    with program(["caddy", "run", "--config", file, "--adapter", "caddyfile"], address, folder):
        yield address


@contextmanager
def program(command: list, address: Address, folder: Path) -> Iterator[None]:
    environment = {"PATH": os.environ["PATH"] + ":/usr/sbin", "HOME": str(folder)}
    with (folder / "proxy.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        await_connection(address, process, folder / "proxy.log")
        yield
    finally:
        process.terminate()
        process.wait(10)


def await_connection(address: Address, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 10
    while True:
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()
        try:
            address.connect(5).close()
            return
        except OSError:
            time.sleep(0.02)
