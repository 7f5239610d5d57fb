import Bytes

/// The checks of a certificate and its key, the files of two settings that belong together.
extension ConfigurationResolver {
  /// Two settings with a certificate and its key.
  struct PairNames {
    let certificate: StaticString
    let key: StaticString
    /// What needs both.
    let purpose: StaticString

    /// What `[server]` serves HTTPS with.
    static let server = PairNames(
      certificate: "tls_certificate", key: "tls_key", purpose: "HTTPS")
    /// What an integration shows to its backend.
    static let client = PairNames(
      certificate: "client_certificate", key: "client_key", purpose: "mutual TLS")
  }

  /// Reads the identity of `[server]`, and reports it where the HTTP server serves no HTTPS.
  mutating func readServerIdentity(in section: Section) -> ServerSettings.TLS? {
    guard !sources.servesTLS, let entry = section.entry(PairNames.server.certificate) else {
      return readPair(.server, in: section)
    }
    report(
      entry.origin,
      """
      \(PairNames.server.certificate): this build of Postern serves no HTTPS; use the Debian package, or a proxy \
      that has the certificate
      """)
    return nil
  }

  /// Reads both files, and checks that they can be used; `nil` if one is missing.
  mutating func readPair(_ names: PairNames, in section: Section) -> ServerSettings.TLS? {
    let certificate = contents(of: names.certificate, in: section)
    let key = contents(of: names.key, in: section)
    checkPartner(of: names.certificate, names.key, names, in: section)
    checkPartner(of: names.key, names.certificate, names, in: section)
    guard let certificate, let key, let place = section.entry(names.certificate),
      let keyPlace = section.entry(names.key)
    else { return nil }
    let facts = sources.certificateFacts(certificate)
    let pair = ServerSettings.TLS(certificate: certificate, key: key, validity: facts?.validity)
    guard areOfTheirKind(pair, names, place.origin, keyPlace.origin) else { return pair }
    if let fault = sources.identityFault(certificate, key) {
      report(
        place.origin,
        """
        \(names.certificate): it does not work with \(names.key): \(fault) Both files must be whole, and the \
        key the one that the certificate was made for
        """)
      return pair
    }
    if let facts { warn(of: facts, names.certificate, at: place.origin) }
    if let path = keyPlace.text, sources.isReadableByAll(path.bytes) {
      warn(
        keyPlace.origin,
        """
        \(names.key): every user of this host can read the file; forbid it with: chmod o= \(path.path)
        """)
    }
    return pair
  }

  private mutating func checkPartner(
    of name: StaticString, _ partner: StaticString, _ names: PairNames, in section: Section
  ) {
    guard let entry = section.entry(name), section.entry(partner) == nil else { return }
    report(entry.origin, "\(name): \(names.purpose) needs \(partner) as well")
  }

  /// Whether the one file has a certificate and the other a key that needs no password; else that is reported.
  private mutating func areOfTheirKind(
    _ pair: ServerSettings.TLS, _ names: PairNames, _ origin: SettingOrigin,
    _ keyOrigin: SettingOrigin
  ) -> Bool {
    let (hasCertificate, hasKey) = (Self.hasCertificate(pair.certificate), Self.hasKey(pair.key))
    if !hasCertificate, !hasKey, Self.hasKey(pair.certificate), Self.hasCertificate(pair.key) {
      report(
        origin,
        """
        \(names.certificate): the file has a private key, and \(names.key) has a certificate; swap the two
        """)
      return false
    }
    if !hasCertificate {
      report(
        origin, "\(names.certificate): the file has no certificate in PEM; it may be incomplete")
    }
    if !hasKey {
      report(keyOrigin, "\(names.key): the file has no private key in PEM; it may be incomplete")
    } else if pair.key.span.containsIgnoringCase("ENCRYPTED") {
      report(
        keyOrigin,
        "\(names.key): the key needs a password; write it without one: openssl pkey -in OLD -out NEW"
      )
      return false
    }
    return hasCertificate && hasKey
  }

  private static func hasCertificate(_ pem: [UInt8]) -> Bool {
    pem.span.containsIgnoringCase(" CERTIFICATE-----")
  }

  private static func hasKey(_ pem: [UInt8]) -> Bool {
    pem.span.containsIgnoringCase("PRIVATE KEY-----")
  }

  private mutating func warn(
    of facts: CertificateFacts, _ name: StaticString, at origin: SettingOrigin
  ) {
    if let warning = facts.validity.warning(at: sources.now()) {
      warn(origin, "\(name): \(warning)")
    }
    if let key = facts.weakKey {
      warn(
        origin,
        """
        \(name): \(key) is weak, and may be refused; use RSA with 2048 bits or more, or ECDSA with P-256
        """)
    }
    if facts.hasWeakSignature {
      warn(
        origin,
        """
        \(name): it is signed with SHA-1 or MD5, and may be refused; request one that is signed with SHA-256
        """)
    }
  }
}
