import Bytes
import JSON

/// `postern outbox`: lists, shows, retries and drops messages that wait in the running gateway.
struct OutboxCommand {
  let words: CommandWords

  func perform() -> ExitStatus {
    guard let client = GatewayClient.open(words.gateway) else { return .failure }
    let action = words.names.first ?? [UInt8]("list")
    guard words.names.count > 1 else { return list(client) ? .success : .failure }
    let isRetry = action.span.equals("retry")
    let path = [UInt8](path: "/v1/outbox/", words.names[1], isRetry ? "/retry" : "")
    if action.span.equals("show") {
      guard let answer = client.ask(.get, path), let data = answer["data"] else { return .failure }
      return show(data) ? .success : .failure
    }
    guard client.ask(isRetry ? .post : .delete, path) != nil else { return .failure }
    return Console.print(isRetry ? "it is tried again" : "dropped 1 message") ? .success : .failure
  }

  private func list(_ client: GatewayClient) -> Bool {
    client.forEach(in: [UInt8]("/v1/outbox")) { Console.print(line(of: $0)) }
  }

  /// One message: when it came, where it stands, and where its reply goes.
  private func line(of entry: JSONValue) -> Text {
    var line: Text = "\(ShortText.time(entry["created_at"]))  \(printable(entry["status"]))"
    if entry["receiver"].present != nil {
      line += "  \(printable(entry["receiver"])) \(printable(entry["delivery"]))"
      if integer(entry, "tries") > 0 { line += " (\(integer(entry, "tries")) failed tries)" }
    }
    return "\(line)  \(printable(entry["bot"]))  \(printable(entry["id"]))"
  }

  private func show(_ entry: JSONValue) -> Bool {
    guard Console.print("\(line(of: entry))\nconversation \(printable(entry["conversation_id"]))")
    else { return false }
    for (title, object) in [("message" as Text, entry["message"]), ("reply", entry["result"])] {
      guard let object = object.present else { continue }
      let content = object["content"] ?? object["error"]?["message"]
      if !Console.print("\n\(title)\n\(contentText(content))") { return false }
    }
    return true
  }
}
