import Bytes
import Testing

@testable import Configuration

/// The checks of `tls_certificate` and `tls_key`, with a library that knows what the test says.
@Suite struct CertificateTests {
  private static let day = 86400
  private static let now = 1_800_000_000
  private static let certificate = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"
  private static let key = "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n"

  private func lines(
    certificate: String = Self.certificate, key: String = Self.key,
    fault: Text? = nil, start: Int = 0, end: Int = Self.now + 90 * Self.day, weakKey: Text? = nil,
    hasWeakSignature: Bool = false, isOpen: Bool = false, servesTLS: Bool = true
  ) -> [String] {
    let files = ConfigurationSources(files: ["/c": certificate, "/k": key])
    let facts = CertificateFacts(
      validity: CertificateValidity(start: start, end: end), weakKey: weakKey,
      hasWeakSignature: hasWeakSignature)
    let sources = ConfigurationSources(
      environment: { _ in nil }, file: files.file, identityFault: { _, _ in fault },
      servesTLS: servesTLS, certificateFacts: { _ in facts }, isReadableByAll: { _ in isOpen },
      now: { Self.now })
    return ConfigurationReport.load(
      "[server]\ntls_certificate = /c\ntls_key = /k\n", sources
    ).lines
  }

  @Test(
    arguments: [
      (14 * day, nil), (14 * day - 1, "expires in 13 days: renew it"), (day, "expires in 1 day:"),
      (day - 1, "expires in less than a day:"), (1, "expires in less than a day:"),
      (0, "expired less than a day ago, and is refused: renew it"),
      (-day, "expired 1 day ago"), (-400 * day, "expired 400 days ago"),
    ] as [(Int, String?)])
  func warnsTwoWeeksBeforeTheEnd(left: Int, told: String?) {
    let lines = lines(end: Self.now + left)
    guard let told else { return #expect(lines == []) }
    #expect(lines.count == 1)
    #expect(lines[0].hasPrefix("2: warning: tls_certificate: the certificate \(told)"))
  }

  @Test func warnsOfWhatClientsRefuse() {
    #expect(lines(start: Self.now + Self.day)[0].contains("is valid in 1 day only"))
    #expect(lines(weakKey: "a key of RSA with 1024 bits")[0].contains("RSA with 1024 bits is weak"))
    #expect(lines(hasWeakSignature: true)[0].contains("signed with SHA-1"))
    #expect(
      lines(isOpen: true) == [
        "3: warning: tls_key: every user of this host can read the file; forbid it with: chmod o= /k"
      ])
  }

  @Test func saysThatABuildServesNoHTTPS() {
    #expect(
      lines(servesTLS: false) == [
        """
        2: tls_certificate: this build of Postern serves no HTTPS; use the Debian package, or a proxy that has the \
        certificate
        """
      ])
  }

  @Test func saysWhatKindOfFileIsMissing() {
    #expect(
      lines(certificate: Self.key, key: Self.certificate) == [
        "2: tls_certificate: the file has a private key, and tls_key has a certificate; swap the two"
      ])
    #expect(lines(certificate: "").map { $0.prefix(3) } == ["2: "])
    #expect(lines(key: "").map { $0.prefix(3) } == ["3: "])
    #expect(lines(certificate: "x", key: "y").count == 2)
    let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n-----END ENCRYPTED PRIVATE KEY-----\n"
    #expect(lines(key: locked)[0].hasPrefix("3: tls_key: the key needs a password"))
    #expect(lines(fault: "No match.")[0].hasPrefix("2: tls_certificate: it does not work with"))
    // One file with both, as many tools write it.
    #expect(lines(certificate: Self.certificate + Self.key, key: Self.key + Self.certificate) == [])
  }

  @Test func recordsTheFilesThatAreRead() {
    let text = "[bot a]\nsystem_file = /s\nname = ${file:/n}\n[bot b]\nsystem_file = /s\n"
    let report = load(text, files: ["/s": "one"])
    #expect(report.files.map { String(decoding: $0.path, as: UTF8.self) } == ["/n", "/s"])
    #expect(report.files == load(text, files: ["/s": "one"]).files)
    #expect(report.files != load(text, files: ["/s": "two"]).files)
    #expect(report.files != load(text, files: ["/s": "one", "/n": ""]).files)
  }
}
