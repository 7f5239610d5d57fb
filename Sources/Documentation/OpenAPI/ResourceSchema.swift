import Bytes
import Configuration

/// The JSON Schemas (2020-12) of bots and integrations, from the table of settings: what the management API shows,
/// and what it accepts.
enum ResourceSchema {
  /// The type and pattern of a section's name.
  static let name = #""type":"string","pattern":"\#(SectionName.pattern)""#

  /// An object as ``Resource`` writes it.
  static func shown(_ kind: SectionKind) -> String {
    let members = kind.settings.map { "\($0.memberName):\($0.shownSchema)" }
    let required = ["\"id\""] + kind.settings.map(\.memberName)
    return """
      {"type":"object","required":[\(required.joined(separator: ","))],"properties":{
      "id":{\(name),"description":"The name of its section in the configuration file."},
      \(members.joined(separator: ",\n"))}}
      """
  }

  /// An object as ``ResourcePatch`` reads it.
  static func given(_ kind: SectionKind) -> String {
    let members = kind.settings.map { "\($0.memberName):\($0.givenSchema)" }
    return """
      {"type":"object","additionalProperties":false,"properties":{
      "id":{"type":["string","null"],"pattern":"\(SectionName.pattern)"},\(members.joined(separator: ",\n"))}}
      """
  }
}

extension Setting {
  /// The member of the object that has the setting, or all of its family, in quotes.
  fileprivate var memberName: String {
    let family = Resource.families.first { "\(name)" == "\($0.prefix)" }
    return "\"\(family?.member ?? name)\""
  }

  /// A setting that has no value is `null`.
  fileprivate var shownSchema: String {
    let optional = "\(standard)".isEmpty
    let described = "\"description\":\(quoted(summary))"
    switch type {
    case .field:
      return ##"{"type":"object","additionalProperties":{"const":"****"},\##(described)}"##
    case .json: return #"{"type":"object",\#(described)}"#
    case .sync: return #"{"type":["number","string"],\#(described)}"#
    case .choice(let words):
      return #"{"enum":\#(list(words)),\#(described)}"#
    case .flag(let words):
      return #"{"enum":\#(flags(words))],\#(described)}"#
    case .price: return #"{"type":["number","string","null"],\#(described)}"#
    case .optionalDuration:
      return #"{"type":["number","boolean"],\#(described)}"#
    default:
      let type = optional ? #"["\#(jsonType)","null"]"# : "\"\(jsonType)\""
      return #"{"type":\#(type),\#(bounds)\#(described)}"#
    }
  }

  /// `null` stands for the default.
  fileprivate var givenSchema: String {
    switch type {
    case .field:
      return ##"""
        {"type":["object","null"],"propertyNames":{"pattern":"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$"},
        "additionalProperties":{"type":["string","null"],"pattern":"^[^\u0000-\u0008\u000a-\u001f\u007f-\u009f]*$"}}
        """##
    case .json:
      return ##"""
        {"type":["object","null"],"propertyNames":{"pattern":"^[A-Za-z0-9_.-]{1,64}$",
        "not":{"enum":["messages","model","stream","max_tokens"]}}}
        """##
    case .boolean: return #"{"type":["boolean","null"]\#(defaultMember)}"#
    case .count: return #"{"type":["integer","null"],\#(bounds)"default":\#(defaultJSON)}"#
    case .duration:
      return
        #"{"type":["number","string","null"],\#(bounds)"pattern":"^[0-9]+(ms|s|m|h)?$"\#(defaultMember)}"#
    case .size:
      return
        #"{"type":["integer","string","null"],\#(bounds)"pattern":"^[0-9]+[KMGkmg]?$"\#(defaultMember)}"#
    case .sync:
      return #"{"type":["number","string","null"]}"#
    case .optionalDuration:
      return
        #"{"type":["number","string","boolean","null"],\#(bounds)"pattern":"^(no|[0-9]+(ms|s|m|h)?)$","default":false}"#
    case .choice(let words), .flag(let words):
      return #"{"enum":\#(givenWords(words))\#(defaultMember)}"#
    case .line:
      return
        ##"{"type":["string","null"],"minLength":1,"maxLength":256,"pattern":"^[^\u0000-\u001f\u007f-\u009f]*$"}"##
    case .prose(let mayBeEmpty):
      return
        ##"{"type":["string","null"],\##(mayBeEmpty ? "" : "\"minLength\":1,")"pattern":"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$"\##(defaultMember)}"##
    case .path:
      return #"{"type":"null","description":"Only an administrator can change it, in the file."}"#
    case .url: return ##"{"type":["string","null"],"pattern":"^[Hh][Tt][Tt][Pp][Ss]?://[^/?#]"}"##
    case .proxy:
      return
        ##"{"type":["string","null"],"pattern":"^([Hh][Tt][Tt][Pp][Ss]?|[Ss][Oo][Cc][Kk][Ss]5[Hh]?)://"}"##
    case .bot: return #"{"type":["string","null"],"pattern":"\#(SectionName.pattern)"}"#
    case .price:
      return
        ##"{"type":["number","string","null"],"minimum":0,"exclusiveMaximum":1000000,"pattern":"^(0|[1-9][0-9]{0,5})([.][0-9]{1,6})?$"}"##
    case .breaker:
      return
        ##"{"type":["string","integer","null"],"minimum":0,"maximum":0,"pattern":"^(0|[0-9]+/[0-9]+(ms|s|m|h)?)$"}"##
    default: return #"{"type":["string","null"]}"#
    }
  }

  private var summary: String {
    let unit =
      switch type {
      case .duration, .sync, .optionalDuration: " In seconds."
      case .size: " In bytes."
      default: ""
      }
    return "\(documentation.summary)" + unit
  }

  private var jsonType: String {
    switch type {
    case .boolean: "boolean"
    case .count, .size: "integer"
    case .duration: "number"
    default: "string"
    }
  }

  /// The range, with a comma after it; of durations in seconds.
  private var bounds: String {
    switch type {
    case .count(let range), .size(let range):
      #""minimum":\#(range.lowerBound),"maximum":\#(range.upperBound),"#
    case .duration(let range), .optionalDuration(let range):
      #""minimum":\#(seconds(range.lowerBound)),"maximum":\#(seconds(range.upperBound)),"#
    default: ""
    }
  }

  private func seconds(_ milliseconds: Int) -> String {
    String(decoding: Resource.thousandths(Int64(milliseconds)), as: UTF8.self)
  }

  private var defaultMember: String {
    "\(standard)".isEmpty ? "" : ",\"default\":\(defaultJSON)"
  }

  /// The default as the API writes it; `null` without one.
  private var defaultJSON: String {
    let text = "\(standard)"
    switch type {
    case .boolean: return text == "yes" ? "true" : "false"
    case .count: return text.isEmpty ? "null" : text
    default: return quoted(text)
    }
  }

  private func list(_ words: WordList) -> String {
    "[\(words.words.map { "\"\($0)\"" }.joined(separator: ","))]"
  }

  /// The words as booleans and texts, without the closing bracket.
  private func flags(_ words: WordList) -> String {
    let others = words.words.filter { "\($0)" != "yes" && "\($0)" != "no" }
    return "[true,false" + others.map { ",\"\($0)\"" }.joined()
  }

  /// Where `yes` and `no` are among the words, JSON's own do as well.
  private func givenWords(_ words: WordList) -> String {
    let others = words.words.contains { "\($0)" == "yes" } ? ",true,false,null]" : ",null]"
    return list(words).dropLast() + others
  }

  private func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
