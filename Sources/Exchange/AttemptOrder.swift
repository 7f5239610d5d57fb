import Backends
import HTTPClient
import Platform
import Protocols

extension Attempt {
  /// What an attempt sends, and how long it may take.
  struct Order: ~Copyable {
    let integration: Integration
    let upstream: Upstream
    let fields: FieldLines
    /// The time until the whole reply or, in a stream, its first output: the integration's `timeout`, or what the
    /// deadline leaves.
    let limit: TimeSpan
    /// Until when silence is borne while the backend is loading its model; `nil`: no longer than `limit`.
    var patience: Instant?
    /// Called once if the backend says nothing for this long.
    var suspicion: (after: TimeSpan, action: () -> Void)?
    /// When even a stream that flows must end; `nil` for never.
    var deadline: Instant?
    /// Whether the body asks for a stream.
    var streams = false
    /// What the body goes into, if anything.
    var frame: BodyFrame?
    /// What the backend is asked for.
    var purpose = Purpose.chat
    /// The beginning of the reply that the backend is asked to continue, a JSON string.
    var continued: [UInt8]?
    /// What the client speaks. Only the clients of other interfaces can answer calls of tools.
    var face = Face.native
    /// Whether the client gets the events of a stream as they come.
    var passesEvents = false

    /// Whether a reply may consist of calls of tools alone.
    var acceptsToolCalls: Bool { face != .native }
  }
}
