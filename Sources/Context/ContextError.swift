public import Bytes

/// Why a turn cannot be stored, or a block cannot be read as a ring.
public enum ContextError: Error, Equatable {
  /// The turn's record needs `needed` bytes, and the whole ring has `limit`.
  ///
  /// Nothing was stored or overwritten.
  case turnTooLarge(needed: Int, limit: Int)
  /// The block is not a ring, or both copies of its header are damaged.
  case damaged
  /// A machine with the other byte order wrote the ring.
  case foreignByteOrder
  /// The ring has a format that this program does not know.
  case unknownVersion(UInt32)
  /// The ring was made for a block of this many bytes.
  case differentSize(UInt64)

  /// The error as a sentence without a full stop.
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
