import Bytes
import Configuration

/// The annotated sample, `packaging/postern.conf`: every setting with what it does, its range and its
/// default, commented out. As it is, it means the same as an empty file.
enum ConfigurationSample {
  /// The whole file.
  static var text: String {
    var text = opening
    for kind in SectionKind.allCases { text += "\n" + section(kind) }
    return text
  }

  private static let opening = """
    # Postern's configuration.
    #
    # Every setting is here, commented out: with its default, or with an example where it has none.
    # 'postern check' validates the file, and 'postern check --print' shows the settings in effect.
    # As it is, the bot answers with each message itself: for a real backend, remove the # of the five
    # lines of [integration gpt].
    #
    # A line is blank, a comment that begins with # or ;, a [section], or a 'key = value'. A comment
    # has a line of its own. A value in double quotes keeps its blanks, and may use \\" \\\\ \\n \\t.
    # ${NAME} is an environment variable, ${file:/path} the contents of a file, ${credential:NAME}
    # a systemd credential; $${ is a literal ${. Durations: 500ms, 30s, 2m, 1h, or seconds. Sizes:
    # bytes, or with K, M, G. Yes or no: also true or false, on or off, 1 or 0.

    """

  private static func section(_ kind: SectionKind) -> String {
    var text = comment("\(kind.summary)")
    switch kind {
    case .server, .context, .limits, .recorder, .outbox, .log: text += "[\(kind.type)]\n"
    case .key: text += "#[key ops]\n"
    case .bot: text += "[bot default]\n"
    case .channel: text += "#[channel home]\n"
    case .integration:
      text += comment("For a real backend, remove the `#` of these five lines:")
      text += backend
    }
    for setting in kind.settings {
      text += "\n" + comment("\(setting.documentation.summary)") + comment(facts(of: setting))
      let line = "#\(setting.sampleLine)\n"
      text += kind == .integration && backend.contains(line) ? "# It is above.\n" : line
    }
    return text
  }

  /// The lines that make a backend, if their comment signs are removed.
  private static let backend = """
    #[integration gpt]
    #type = openai
    #webhook_url = https://api.openai.com/v1/chat/completions
    #model = gpt-4o
    #header.Authorization = Bearer ${OPENAI_API_KEY}

    """

  /// Values and default on a line of their own.
  private static func facts(of setting: Setting) -> String {
    let values = setting.valuesText
    let start = values.prefix(1).uppercased() + values.dropFirst()
    guard let standard = setting.standardText else { return start + "." }
    if standard.hasPrefix("required") { return "\(start); \(standard)." }
    return "\(start). Default: \(standard)" + (standard.hasSuffix(".`") ? "" : ".")
  }

  /// Markdown as comment lines of at most 100 columns.
  private static func comment(_ markdown: String) -> String {
    var text = ""
    var line = "#"
    for word in words(markdown) {
      if line.count + 1 + word.count > 100 {
        text += line + "\n"
        line = "#"
      }
      line += " " + word
    }
    return text + line + "\n"
  }

  /// The parts between blanks. Blanks inside code do not count.
  private static func words(_ markdown: String) -> [String] {
    var words = [""]
    var isCode = false
    for character in markdown {
      if character == "`" {
        isCode.toggle()
      } else if character == " ", !isCode {
        words.append("")
      } else {
        words[words.count - 1].append(character)
      }
    }
    return words
  }
}
