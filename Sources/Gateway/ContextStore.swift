import Bytes
import Context
public import Platform

/// The conversations' memory: the ring, and the two blocks that it works over.
public final class ContextStore {
  private let block: MemoryBlock
  private let index: MemoryBlock
  private var ring: ContextRing

  /// Allocates a ring of so many bytes, in memory alone. The ring takes up all its room now, so that memory does
  /// not grow with use; its index (1/12 of that) as conversations come.
  public init(byteCount: Int, random: RandomSource) throws(SystemError) {
    block = try MemoryBlock(byteCount: byteCount, isPopulated: true)
    index = try MemoryBlock(
      byteCount: ContextRing.indexSize(forBlockOf: byteCount), isPopulated: false)
    ring = ContextRing(
      formatting: block.bytes, index: index.bytes,
      key: SipHash.Key(random.next(), random.next()))
  }

  /// Visits the newest messages of a conversation, oldest first.
  func recall(
    bot: [UInt8], conversation: [UInt8], messages: Int,
    visit: (Role, Span<UInt8>) -> Void
  ) {
    ring.recall(
      ConversationIdentity(bot: bot.span, conversation: conversation.span), messages: messages,
      visit: visit)
  }

  /// Adds a turn, the user's message and its reply, to a conversation: both or neither.
  func append(
    bot: [UInt8], conversation: [UInt8], user: Span<UInt8>, reply: Span<UInt8>,
    integration: [UInt8]
  ) throws(ContextError) {
    _ = try ring.append(
      to: ConversationIdentity(bot: bot.span, conversation: conversation.span), user: user,
      reply: reply, integration: integration.span, at: WallTime.now.milliseconds)
  }
}
