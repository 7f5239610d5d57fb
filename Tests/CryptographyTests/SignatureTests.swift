import Bytes
import Testing

@testable import Cryptography

@Suite struct SignatureTests {
  /// RFC 4231, cases 1 to 3.
  @Test(
    arguments: [
      (
        [UInt8](repeating: 0x0B, count: 20), [UInt8]("Hi There"),
        "sDRMYdjbOFNcqK/OrwvxK4gdwgDJgz2nJuk3bC4yz/c="
      ),
      (
        [UInt8]("Jefe"), [UInt8]("what do ya want for nothing?"),
        "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="
      ),
      (
        [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
        "dz6pHjaADkaFTbjr0JGBpylZCYs++MEi2WNVFM7VZf4="
      ),
    ] as [([UInt8], [UInt8], String)])
  func codes(key: [UInt8], bytes: [UInt8], code: String) {
    var written: [UInt8] = []
    written.append(base64: HMACSHA256.code(of: bytes, key: key).span)
    #expect(String(decoding: written, as: UTF8.self) == code)
  }

  /// The example of Standard Webhooks' libraries.
  private let id = [UInt8]("msg_p5jXN8AQM9LWM0D4loKWxJek")
  private let body = [UInt8](#"{"test": 2432232314}"#)
  private let key = [UInt8](base64: [UInt8]("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").span)!
  private let signature = [UInt8]("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")

  @Test func signsAsTheSpecificationDoes() {
    let field = WebhookSignature.field(
      id: id.span, timestamp: 1_614_265_330, body: body.span, keys: [key])
    #expect(field == signature)
    let two = WebhookSignature.field(
      id: id.span, timestamp: 1_614_265_330, body: body.span, keys: [[1], key])
    #expect(two.count == 2 * field.count + 1 && two.suffix(field.count).elementsEqual(field))
  }

  @Test(
    arguments: [
      ("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", true, "v1,"),
      ("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", true, "v1a,AAAA v1,AAAA v1,"),
      ("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,AAAA", true, "v1,"),
      ("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=", false, "v1,"),
      ("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", false, "v2,"),
      ("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", false, ""), ("", false, ""),
      ("", false, "v1,"), ("", false, "   "),
    ] as [(String, Bool, String)])
  func checks(signature: String, isValid: Bool, prefix: String) {
    let field = Array((prefix + signature).utf8)
    for keys in [[key], [[1, 2], key]] {
      #expect(accepts(field, "1614265330", keys) == isValid)
    }
    #expect(!accepts(field, "1614265331", [key]))
    #expect(!accepts(field, "1614265330", [[1]]))
  }

  private func accepts(_ field: [UInt8], _ timestamp: StaticString, _ keys: [[UInt8]]) -> Bool {
    WebhookSignature.isValid(
      field.span, id: id.span, timestamp: timestamp.span, body: body.span, keys: keys)
  }
}
