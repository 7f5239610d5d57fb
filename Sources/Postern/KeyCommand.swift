import Bytes
import Cryptography
import Platform

/// `postern key`: makes an API key.
///
/// The key is printed and not stored. The configuration gets a salted digest, so that a reader of the file cannot use
/// it.
struct KeyCommand {
  let name: [UInt8]

  func perform() -> ExitStatus {
    let random = RandomSource()
    var key = [UInt8]("postern_")
    key.append(hexadecimal: random.bytes(32))
    let salt = random.bytes(16)
    var secret = [UInt8]("sha256:")
    secret.append(hexadecimal: salt)
    secret.append(":")
    secret.append(hexadecimal: SHA256.digest(salt + key))
    let text: Text = "\(key)\n\n[key \(name)]\nsecret = \(secret)\nscopes = chat\n"
    return Console.print(text.bytes) ? .success : .failure
  }
}
