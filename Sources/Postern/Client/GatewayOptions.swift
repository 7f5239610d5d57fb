/// The options of the commands that talk to a running gateway: where it is, and the key.
struct GatewayOptions {
  /// The value of `-c`.
  let file: [UInt8]?
  /// The value of `-u`.
  let url: [UInt8]?
  /// The value of `-k`.
  let keyFile: [UInt8]?
}
