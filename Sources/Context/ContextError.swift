public import Bytes

/// Why the context could not do what was asked.
public enum ContextError: Error, Equatable {
  /// The turn's record would take `needed` bytes, more than the `limit` that the whole ring holds.
  /// Nothing was stored and nothing overwritten.
  case turnTooLarge(needed: Int, limit: Int)
  /// The block is no ring, or both copies of its header are damaged.
  case damaged
  /// The ring was written on a machine with the other byte order.
  case foreignByteOrder
  /// The ring has a format that this program does not know.
  case unknownVersion(UInt32)
  /// The ring was made for a block of so many bytes.
  case differentSize(UInt64)

  /// The error in a sentence, without a full stop.
  public var message: Text {
    switch self {
    case .turnTooLarge(let needed, let limit):
      "the turn needs \(needed) bytes of context, more than the \(limit) that [context] memory"
        + " allows"
    case .damaged: "this is not a context ring, or its header is damaged"
    case .foreignByteOrder: "this context ring was written on a machine with another byte order"
    case .unknownVersion(let version):
      "this context ring has format \(Int(clamping: version)), which this version of Postern"
        + " does not know"
    case .differentSize(let size):
      "this context ring was made for [context] memory = \(Int(clamping: size))"
    }
  }
}
