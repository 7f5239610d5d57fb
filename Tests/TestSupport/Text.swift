/// The UTF-8 bytes of a text.
public func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Bytes as text; what is not UTF-8 becomes U+FFFD.
public func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
