"""A certificate authority for one test run, made by the openssl command."""

import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path

ELLIPTIC = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")


class Certificates:
    """An authority and the certificates that it signs; `file.pem` is beside `file.key`."""

    def __init__(self, folder: Path):
        self.folder = folder
        # Python 3.13 asks for the usage of an authority's key, and for its identifier in leaves.
        self.authority = self._self_signed(
            "authority", "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"
        )

    def leaf(
        self,
        name: str = "leaf",
        subject: str = "IP:127.0.0.1,IP:::1",
        days: int = 30,
        key: Sequence[str] = ELLIPTIC,
        digest: str = "sha256",
    ) -> Path:
        """A server certificate that the authority has signed. It has expired if `days` is below
        0."""
        certificate = self.folder / f"{name}.pem"
        if certificate.exists():
            return certificate
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extensions.write_text(
            f"subjectAltName={subject}\nbasicConstraints=CA:FALSE\nauthorityKeyIdentifier=keyid\n"
        )
        self._openssl(
            *("req", "-new", "-newkey", *key, "-nodes"),
            *("-keyout", certificate.with_suffix(".key"), "-out", request, "-subj", f"/CN={name}"),
        )
        self._openssl(
            *(
                "x509",
                "-req",
                f"-{digest}",
                "-in",
                request,
                "-out",
                certificate,
                "-extfile",
                extensions,
            ),
            *("-CA", self.authority, "-CAkey", self.authority.with_suffix(".key")),
            *("-set_serial", str(abs(hash(name)) + 1), "-days", str(days)),
        )
        return certificate

    def self_signed(self, name: str = "stranger") -> Path:
        """A server certificate that no authority has signed."""
        return self._self_signed(name, "subjectAltName=IP:127.0.0.1")

    def client_context(self) -> ssl.SSLContext:
        """For a client that trusts only the authority."""
        return ssl.create_default_context(cafile=str(self.authority))

    @staticmethod
    def server_context(certificate: Path) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        return context

    def _self_signed(self, name: str, *extensions: str) -> Path:
        certificate = self.folder / f"{name}.pem"
        if not certificate.exists():
            self._openssl(
                *("req", "-x509", "-newkey", *ELLIPTIC, "-nodes"),
                *("-keyout", certificate.with_suffix(".key"), "-out", certificate),
                *("-subj", f"/CN={name}", "-days", "30"),
                *(word for extension in extensions for word in ("-addext", extension)),
            )
        return certificate

    @staticmethod
    def _openssl(*arguments: object) -> None:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
