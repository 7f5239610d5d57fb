import Bytes
package import JSON
import Protocols
package import Storage

/// What a client asks a bot, checked, whichever endpoint it came to.
package final class Message {
  /// What is to be answered.
  package let prompt: Prompt
  /// The one integration that may answer; `nil` for any of the bot's.
  package let integration: [UInt8]?
  /// `nil` where the client starts a new conversation.
  package let conversation: [UInt8]?
  /// The user object as sent.
  package let user: JSONValue?
  /// The user's identifier.
  package let userID: [UInt8]?
  /// The user's platform, where it is text that a header field can carry.
  package let platform: [UInt8]?
  /// The metadata object as sent.
  package let metadata: JSONValue?
  /// What the client's `anthropic-beta` asks for.
  package let betas: [UInt8]?
  /// The identifier of the answer, where the client's interface has one of its own.
  package var answerID: [UInt8]?
  /// The turns that the message continues, where those are not the newest of its own conversation.
  package var history: ConversationPart?
  /// The size of the request's body.
  package var byteCount = 0
  /// Whether the client wants the reply as it is made.
  package let isStreaming: Bool

  /// A message from its parts.
  package init(
    _ prompt: Prompt, to integration: [UInt8]?, conversation: [UInt8]?, user: JSONValue?,
    userID: [UInt8]?, platform: [UInt8]? = nil, metadata: JSONValue?,
    betas: [UInt8]? = nil, isStreaming: Bool
  ) {
    self.prompt = prompt
    self.integration = integration
    self.conversation = conversation
    self.user = user
    self.userID = userID
    self.metadata = metadata
    self.platform = platform
    self.betas = betas
    self.isStreaming = isStreaming
  }
}
