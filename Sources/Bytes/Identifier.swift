extension [UInt8] {
  /// Whether this can name a request, a conversation or a user: 1 to 128 characters of visible ASCII.
  public var isIdentifier: Bool { 1...128 ~= count && allSatisfy { $0.isVisibleASCII } }
}
