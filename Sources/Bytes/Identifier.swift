extension [UInt8] {
  /// Whether this can name a request, a conversation or a user: 1 to 128 characters of visible ASCII; section 3 of
  /// the contract.
  public var isIdentifier: Bool { 1...128 ~= count && allSatisfy { $0.isVisibleASCII } }
}
