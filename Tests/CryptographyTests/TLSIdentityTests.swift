import Bytes
import Foundation
import Testing
import TestSupport

@testable import Cryptography

@Suite struct TLSIdentityTests {
  /// Two identities, made for this run: the repository has no keys.
  private static let identities = Result { try (Identity("one"), Identity("two")) }

  @Test func takesWhatBelongsTogether() throws {
    let (one, two) = try Self.identities.get()
    for identity in [one, two] {
      #expect(TLSIdentity.fault(certificate: identity.certificate, key: identity.key) == nil)
    }
    // A chain: the server's own certificate comes first.
    #expect(
      TLSIdentity.fault(certificate: one.certificate + two.certificate, key: one.key) == nil)
    // One file with both, as many tools write it.
    let both = one.key + one.certificate
    #expect(TLSIdentity.fault(certificate: both, key: both) == nil)
  }

  @Test func tellsFactsOfACertificate() throws {
    let (one, two) = try Self.identities.get()
    // A chain: the first certificate counts.
    let facts = try #require(TLSCertificate(pem: one.key + one.certificate + two.certificate))
    #expect(abs(facts.expiration - facts.activation - 30 * 86400) < 5)
    #expect(facts.keyBits == 256 && !facts.hasWeakKey && !facts.hasWeakSignature)
    #expect(TLSCertificate(pem: Array("no certificate".utf8)) == nil)
    #expect(TLSCertificate(pem: Array(one.certificate.dropLast(100))) == nil)
    let weak = try #require(
      TLSCertificate(pem: try Identity("weak", key: ["rsa:1024"], "-sha1").certificate))
    #expect(weak.keyAlgorithm.description == "RSA" && weak.keyBits == 1024)
    #expect(weak.hasWeakKey && weak.hasWeakSignature)
  }

  @Test(
    arguments: [
      .mismatched, .swapped, .emptyCertificate, .emptyKey, .empty, .garbage, .garbageKey, .cut,
      .binary,
    ] as [Defect])
  func saysWhatIsWrong(defect: Defect) throws {
    let (one, two) = try Self.identities.get()
    let (certificate, key): ([UInt8], [UInt8]) =
      switch defect {
      case .mismatched: (one.certificate, two.key)
      case .swapped: (one.key, one.certificate)
      case .emptyCertificate: ([], one.key)
      case .emptyKey: (one.certificate, [])
      case .empty: ([], [])
      case .garbage: ([UInt8]("no certificate"), [UInt8]("no key"))
      case .garbageKey: (one.certificate, [UInt8]("no key"))
      case .cut: (Array(one.certificate.dropLast(100)), one.key)
      case .binary: ([UInt8](0...255), [UInt8](0...255))
      }
    let fault = try #require(TLSIdentity.fault(certificate: certificate, key: key))
    #expect(!fault.bytes.isEmpty)
    #expect(!fault.description.contains("PRIVATE KEY"))
  }

  enum Defect {
    case mismatched, swapped, emptyCertificate, emptyKey, empty, garbage, garbageKey, cut, binary
  }
}

/// A self-signed certificate and its key, by openssl(1).
private struct Identity {
  let certificate: [UInt8]
  let key: [UInt8]

  init(
    _ name: String, key: [String] = ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
    _ digest: String = "-sha256"
  ) throws {
    let folder = try TemporaryFolder()
    let openssl = Process()
    openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    openssl.arguments =
      [
        "openssl", "req", "-x509", digest, "-nodes", "-subj", "/CN=\(name)", "-keyout",
        folder.file("key.pem"), "-out", folder.file("certificate.pem"), "-newkey",
      ] + key
    openssl.standardError = FileHandle.nullDevice
    try openssl.run()
    openssl.waitUntilExit()
    certificate = try folder.contents(of: "certificate.pem")
    self.key = try folder.contents(of: "key.pem")
  }
}
