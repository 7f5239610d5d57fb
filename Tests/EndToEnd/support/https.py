"""Gateways that speak HTTPS."""

from address import Address, free_port


def https(gateway, certificates, sections=None, certificate=None):
    """A gateway with a certificate of its own, or this one, at one address."""
    sections = sections or {}
    certificate = certificate or certificates.leaf()
    address = Address("127.0.0.1", free_port(), tls=certificates.client_context())
    server = {"tls_certificate": certificate, "tls_key": certificate.with_suffix(".key")}
    sections = {**sections, "server": {**server, **sections.get("server", {})}}
    return gateway(sections, addresses=[address])
