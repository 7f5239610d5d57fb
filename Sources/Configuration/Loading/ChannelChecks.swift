import Bytes

/// The checks of channels, which need more than one line of the file.
extension ConfigurationResolver {
  mutating func checkChannels() {
    let channels = all(.channel)
    for channel in channels {
      guard let kind = channel.channelKind else { continue }
      if kind.needsToken { require("token", of: channel) }
      if kind.takesRequests { require("secret", of: channel) }
      checkToken(of: channel, kind, among: channels)
      checkSecret(of: channel, kind)
      checkAddress(of: channel)
      doubtUse(of: channel, kind)
    }
  }

  private mutating func require(_ name: StaticString, of channel: Section) {
    guard channel.entry(name) == nil else { return }
    report(channel.origin, "\(channel.header) needs '\(name)'", missing: name)
  }

  /// Checks a token, which is part of Telegram's URLs. Two pollers of one bot would take each other's messages.
  private mutating func checkToken(
    of channel: Section, _ kind: ChannelSettings.Kind, among channels: [Section]
  ) {
    guard let entry = channel.entry("token"), let token = entry.text?.bytes else { return }
    switch kind {
    case .telegram:
      guard checkTelegram(token, of: entry) else { return }
      let same = channels.first { $0.channelKind == kind && $0.text("token") == token }
      if let same, same !== channel, let line = same.entry("token")?.line {
        report(
          entry.origin,
          "token: \(same.header) has the same at line \(line); Telegram lets one program ask for a bot's messages"
        )
      }
    case .slack, .webhook:
      if token.contains(UInt8(ascii: " ")) {
        report(entry.origin, "token: it contains a blank; remove it")
      } else if kind.needsToken, !token.span.hasPrefix("xoxb-") {
        warn(entry.origin, "token: a bot's token of Slack begins with xoxb-; use that one")
      }
    }
  }

  /// Checks the form of Telegram's token. Returns whether it can be used.
  private mutating func checkTelegram(_ token: [UInt8], of entry: SettingEntry) -> Bool {
    let colon = UInt8(ascii: ":")
    let marks = [colon, UInt8(ascii: "-"), UInt8(ascii: "_")]
    guard token.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || marks.contains($0) }) else {
      report(
        entry.origin,
        "token: Telegram's tokens have letters, digits, ':', '_' and '-' only; copy it from @BotFather"
      )
      return false
    }
    let end = token.firstIndex(of: colon)
    if end == nil || !token[..<end!].allSatisfy({ $0.isASCIIDigit }) {
      warn(
        entry.origin,
        "token: Telegram's tokens are a number, ':' and letters; copy the whole one from @BotFather"
      )
    }
    return true
  }

  private mutating func checkSecret(of channel: Section, _ kind: ChannelSettings.Kind) {
    guard kind == .webhook, let entry = channel.entry("secret"), let text = entry.text else {
      return
    }
    do throws(InvalidValue) {
      _ = try WebhookSecrets(text)
    } catch {
      report(entry.origin, "secret: \(error.message)")
    }
  }

  /// Checks that tokens do not go over a network in the clear.
  private mutating func checkAddress(of channel: Section) {
    guard let entry = channel.entry("api_url"), let url = entry.text?.parsed(BackendURL.init)
    else { return }
    if let fault = sources.urlFault(url.text) {
      report(entry.origin, "api_url: libcurl cannot read the URL: \(fault)")
    } else if !url.isSecure, !url.isNearby {
      report(entry.origin, "api_url: http:// would send the token unencrypted; use https://")
    } else if url.text.contains(UInt8(ascii: "?")) {
      report(entry.origin, "api_url: a query cannot be part of it; remove it")
    }
  }

  /// Warns of settings without effect, and of a channel that answers no message.
  private mutating func doubtUse(of channel: Section, _ kind: ChannelSettings.Kind) {
    switch kind {
    case .telegram:
      doubtPeople(of: channel)
      doubt("secret", of: channel)
    case .slack:
      doubtPeople(of: channel)
    case .webhook:
      for name in ["token", "allow", "api_url", "proxy"] as [StaticString] {
        doubt(name, of: channel)
      }
    }
  }

  private mutating func doubtPeople(of channel: Section) {
    guard let allow = channel.entry("allow") else {
      return warn(
        channel.origin,
        """
        \(channel.header) has no 'allow', so no message is answered; write allow = ID, @NAME: 'postern status' shows \
        who tried
        """)
    }
    let word = (allow.text?.bytes ?? []).map { $0.lowercasedASCII }
    if Self.everyone.value(of: word.span) != nil {
      warn(allow.origin, "allow: this is taken as a name; write * for all people")
    }
  }

  /// What other programs call all people.
  private static let everyone: StaticString = "all any anyone everyone public yes true=*"

  private mutating func doubt(_ name: StaticString, of channel: Section) {
    guard let entry = channel.entry(name), entry.line != nil else { return }
    warn(entry.origin, "\(name): channels of this type do not use it; remove it")
  }
}
