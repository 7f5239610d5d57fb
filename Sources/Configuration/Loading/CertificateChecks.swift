import Bytes

/// The checks of `tls_certificate` and `tls_key`, which belong together.
extension ConfigurationResolver {
  /// Reads both files, and checks that they can be used.
  mutating func readIdentity(of server: Section) {
    let certificate = contents(of: "tls_certificate", in: server)
    let key = contents(of: "tls_key", in: server)
    checkPartner(of: "tls_certificate", "tls_key", in: server)
    checkPartner(of: "tls_key", "tls_certificate", in: server)
    guard let certificate, let key, let entry = server.entry("tls_certificate"),
      let keyEntry = server.entry("tls_key")
    else { return }
    let facts = sources.certificateFacts(certificate)
    server.identity = ServerSettings.TLS(
      certificate: certificate, key: key, validity: facts?.validity)
    guard areOfTheirKind(certificate, key, entry, keyEntry) else { return }
    if let fault = sources.identityFault(certificate, key) {
      return report(
        entry.origin,
        """
        tls_certificate: it does not work with tls_key: \(fault) Both files must be whole, and the key the one \
        that the certificate was made for
        """)
    }
    if let facts { warn(of: facts, at: entry.origin) }
    if let path = keyEntry.text, sources.isReadableByAll(path.bytes) {
      warn(
        keyEntry.origin,
        "tls_key: every user of this host can read the file; forbid it with: chmod o= \(path.path)")
    }
  }

  private mutating func checkPartner(
    of name: StaticString, _ partner: StaticString, in server: Section
  ) {
    guard let entry = server.entry(name), server.entry(partner) == nil else { return }
    report(entry.origin, "\(name): HTTPS needs \(partner) as well")
  }

  /// Whether the one file has a certificate and the other a key that needs no password; else that is reported.
  private mutating func areOfTheirKind(
    _ certificate: [UInt8], _ key: [UInt8], _ entry: SettingEntry, _ keyEntry: SettingEntry
  ) -> Bool {
    let hasCertificate = certificate.span.containsIgnoringCase(" CERTIFICATE-----")
    let hasKey = key.span.containsIgnoringCase("PRIVATE KEY-----")
    if !hasCertificate, !hasKey, certificate.span.containsIgnoringCase("PRIVATE KEY-----"),
      key.span.containsIgnoringCase(" CERTIFICATE-----")
    {
      report(
        entry.origin,
        "tls_certificate: the file has a private key, and tls_key has a certificate; swap the two")
      return false
    }
    if !hasCertificate {
      report(
        entry.origin, "tls_certificate: the file has no certificate in PEM; it may be incomplete")
    }
    if !hasKey {
      report(keyEntry.origin, "tls_key: the file has no private key in PEM; it may be incomplete")
    } else if key.span.containsIgnoringCase("ENCRYPTED") {
      report(
        keyEntry.origin,
        "tls_key: the key needs a password; write it without one: openssl pkey -in OLD -out NEW")
      return false
    }
    return hasCertificate && hasKey
  }

  private mutating func warn(of facts: CertificateFacts, at origin: SettingOrigin) {
    if let warning = facts.validity.warning(at: sources.now()) {
      warn(origin, "tls_certificate: \(warning)")
    }
    if let key = facts.weakKey {
      warn(
        origin,
        """
        tls_certificate: \(key) is weak, and clients may refuse it; use RSA with 2048 bits or more, or ECDSA \
        with P-256
        """)
    }
    if facts.hasWeakSignature {
      warn(
        origin,
        """
        tls_certificate: it is signed with SHA-1 or MD5, and clients may refuse it; request one that is signed \
        with SHA-256
        """)
    }
  }
}
