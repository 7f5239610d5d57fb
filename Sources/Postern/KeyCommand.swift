import Bytes
import Cryptography
import Platform

/// `postern key`: makes an API key. It is printed and not kept anywhere; what the configuration has instead is salted
/// and digested, so that who reads the file cannot use it.
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
