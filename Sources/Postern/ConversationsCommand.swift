import Bytes
import JSON

/// `postern conversations`: lists, shows and deletes conversations of the running gateway.
struct ConversationsCommand {
  let words: CommandWords

  func perform() -> ExitStatus {
    guard let client = GatewayClient.open(words.gateway) else { return .failure }
    let action = words.names.first ?? [UInt8]("list")
    if action.span.equals("list") { return list(client) ? .success : .failure }
    guard words.names.count > 1 else { return deleteSeveral(client) ? .success : .failure }
    guard let bot = client.bot(named: words.bot) else { return .failure }
    let suffix: StaticString = action.span.equals("show") ? "/messages?bot=" : "?bot="
    var path = [UInt8](path: "/v1/conversations/", words.names[1], suffix)
    path.append(encoding: bot)
    if action.span.equals("show") { return show(client, path) ? .success : .failure }
    guard client.ask(.delete, path) != nil else { return .failure }
    Console.print("deleted 1 conversation")
    return .success
  }

  private func list(_ client: GatewayClient) -> Bool {
    guard let bots = client.bots(named: words.bot) else { return false }
    for bot in bots {
      var isOpen = true
      let isWhole = client.forEach(in: path(of: bot)) { conversation in
        var line: Text = "\(ShortText.time(conversation["updated_at"]))  "
        line += "\(integer(conversation, "messages")) messages"
        if bots.count > 1 { line += "  \(bot)" }
        isOpen = Console.print("\(line)  \(printable(conversation["id"]))")
        return isOpen
      }
      if !isWhole || !isOpen { return isWhole }
    }
    return true
  }

  private func path(of bot: [UInt8]) -> [UInt8] {
    var path = [UInt8](path: "/v1/bots/", bot, "/conversations")
    if let user = words.user {
      path.append("?user=")
      path.append(encoding: user)
    }
    return path
  }

  private func show(_ client: GatewayClient, _ path: [UInt8]) -> Bool {
    client.forEach(in: path) { message in
      let head: Text = "\(ShortText.time(message["created_at"]))  \(printable(message["role"]))"
      let line = StyledLine(head, .strong).text(hasColour: Console.hasColour)
      return Console.print("\(line)\n\(contentText(message["content"]))\n")
    }
  }

  private func deleteSeveral(_ client: GatewayClient) -> Bool {
    guard let bots = client.bots(named: words.bot) else { return false }
    var count = 0
    for bot in bots {
      guard let answer = client.ask(.delete, path(of: bot)) else { return false }
      count += answer["data"]?["deleted"]?.integer ?? 0
    }
    return Console.print(
      "deleted \(count) \(count == 1 ? "conversation" as Text : "conversations")")
  }
}
