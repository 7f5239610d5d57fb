import Bytes
import JSON

/// A message of a person in Slack; https://api.slack.com/events/message
struct SlackMessage {
  /// The id of the workspace.
  let team: [UInt8]
  let place: SlackPlace
  /// Its time, which is its id in the channel.
  let time: [UInt8]
  let user: [UInt8]
  /// The text, without Slack's escapes.
  let text: [UInt8]
  /// The files that came with it.
  let files: [SlackFile]
  /// Whether several people are in the channel.
  let isGroup: Bool
  /// Whether it mentions the bot, or answers one of the bot's messages.
  let isForBot: Bool

  /// Reads the event of a body; `nil` for anything but a new message of a person: one of a bot, an edited one.
  init?(_ event: JSONValue, of body: JSONValue) {
    let isMention = event.member("type", is: "app_mention")
    guard isMention || event.member("type", is: "message"),
      event["subtype"].present == nil || event.member("subtype", is: "file_share")
        || event.member("subtype", is: "thread_broadcast"),
      event["bot_id"].present == nil, event["edited"].present == nil,
      let user = SlackMessage.identifier(event["user"]),
      let channel = SlackMessage.identifier(event["channel"]),
      let time = SlackMessage.identifier(event["ts"])
    else { return nil }
    var bot: [UInt8]?
    if let authorizations = body["authorizations"] {
      for authorization in authorizations.elements where bot == nil {
        bot = authorization["user_id"]?.string
      }
    }
    guard user != bot else { return nil }
    let written = event["text"]?.string ?? []
    self.user = user
    self.time = time
    team = SlackMessage.identifier(body["team_id"]) ?? []
    isGroup = !event.member("channel_type", is: "im") && channel.first != UInt8(ascii: "D")
    var isForBot = isMention
    if let bot {
      let mention: Text = "<@\(bot)"
      isForBot =
        isForBot || written.span.containsBytes(mention.bytes.span)
        || event["parent_user_id"]?.string == bot
    }
    self.isForBot = isForBot
    // In a channel each message begins a thread; a direct conversation has threads only where people make them.
    let thread = SlackMessage.identifier(event["thread_ts"])
    place = SlackPlace(channel: channel, thread: thread ?? (isGroup ? time : nil))
    text = SlackText.plain(written.span)
    files = event["files"].map { files in files.elements.map { SlackFile($0) } } ?? []
    if text.isEmpty, files.isEmpty { return nil }
  }

  /// What it has in common with another event about the same message, and with no other message.
  var key: [UInt8] { ("\(team) \(place.channel) \(time)" as Text).bytes }

  private static func identifier(_ value: JSONValue?) -> [UInt8]? {
    guard let text = value?.string, text.count <= 32, text.isIdentifier,
      !text.contains(UInt8(ascii: "/"))
    else { return nil }
    return text
  }
}

extension Span<UInt8> {
  /// Whether these bytes occur here. O(n · m), for short texts.
  fileprivate func containsBytes(_ other: Span<UInt8>) -> Bool {
    var start = 0
    while start + other.count <= count {
      if extracting(start..<start + other.count).equals(other) { return true }
      start += 1
    }
    return false
  }
}
