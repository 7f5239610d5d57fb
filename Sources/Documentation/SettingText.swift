import Bytes
import Configuration

/// How the documents say what a setting takes, Markdown.
extension Setting {
  /// The values and their range.
  var valuesText: String {
    switch type {
    case .line, .prose: "text"
    case .boolean: "`yes` or `no`"
    case .count(let range): "number, \(Self.text(range, .count))"
    case .duration(let range): "duration, \(Self.text(range, .duration))"
    case .sync(let range): "`always`, `never`, or a duration, \(Self.text(range, .interval))"
    case .size(let range): "size, \(Self.text(range, .size))"
    case .optionalDuration(let range): "`no`, or a duration, \(Self.text(range, .duration))"
    case .choice(let words), .flag(let words):
      "one of " + words.words.map { "`\($0)`" }.joined(separator: ", ")
    case .path: "absolute path"
    case .url: "URL"
    case .proxy: "URL of a proxy"
    case .addresses: "addresses"
    case .bot: "name of a bot"
    case .bots: "names of bots"
    case .rate: "`0`, or a number, 1 to 1000000, with `/s`, `/m` or `/h`"
    case .mode: "file mode, 000 to 777"
    case .tokens: "`auto`, `no`, or a number, 64 to 100000000"
    case .breaker: "`0`, or a number, 1 to 1000, `/`, and a duration, 1ms to 24h"
    case .price: "number below 1000000, with at most 6 decimals"
    case .secret, .token: "secret"
    case .people: "ids and names, or `*`"
    case .purposes: "purposes"
    case .webhookSecrets: "`whsec_` and base64, secret"
    case .scopes: "scopes"
    case .field: "text, secret"
    case .json: "JSON"
    case .parameters: "names of fields"
    case .models: "names of models"
    }
  }

  /// The default, or what holds without one; `nil` where there is nothing to say.
  var standardText: String? {
    if !"\(standard)".isEmpty { return "`\(standard)`" }
    let absence = "\(documentation.absence)"
    return absence.isEmpty ? nil : absence
  }

  /// The key line that the sample shows: the example, or else the default.
  var sampleLine: String {
    let example = "\(documentation.example)"
    if isFamily { return "\(name)\(example)" }
    return "\(name) = \(example.isEmpty ? "\(standard)" : example)"
  }

  private static func text(_ range: ClosedRange<Int>, _ quantity: Quantity) -> String {
    let bounds = [range.lowerBound, range.upperBound].map {
      String(decoding: quantity.text($0).bytes, as: UTF8.self)
    }
    return bounds.joined(separator: " to ")
  }
}
