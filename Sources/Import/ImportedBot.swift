import Bytes
import Configuration

/// A model of LiteLLM: a bot.
final class ImportedBot {
  /// LiteLLM's name for it.
  let name: [UInt8]
  /// The name of the section.
  let id: [UInt8]
  /// What answers for it.
  var deployments: [Deployment] = []
  /// The models that are asked after it.
  var fallbacks: [ImportedBot] = []
  /// Further names.
  var aliases: [[UInt8]] = []
  /// What could not be imported is noted in it.
  let section = ImportedSection()

  init(name: [UInt8], id: [UInt8]) {
    self.name = name
    self.id = id
  }

  /// A name of a section that is like a text, and not taken. It is taken then.
  @inline(never)
  static func id(from text: [UInt8], _ taken: inout [[UInt8]]) -> [UInt8] {
    var id: [UInt8] = []
    for byte in text.prefix(56) {
      let isKept = byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "_")
      if !isKept, id.last ?? UInt8(ascii: "-") == UInt8(ascii: "-") { continue }
      id.append(isKept ? byte.lowercasedASCII : UInt8(ascii: "-"))
    }
    if id.last == UInt8(ascii: "-") { id.removeLast() }
    if id.first.map({ $0 == UInt8(ascii: "_") }) ?? true { id = [UInt8]("model") + id }
    var unique = id
    var number = 1
    while taken.contains(unique) {
      number += 1
      unique = ("\(id)-\(number)" as Text).bytes
    }
    taken.append(unique)
    return unique
  }

  /// Those that Postern can ask, sorted by LiteLLM's order. The standard library's sort needs several kilobytes of code.
  private var usable: [Deployment] {
    var sorted: [Deployment] = []
    for deployment in deployments where deployment.objection == nil {
      let place = sorted.firstIndex { $0.order > deployment.order } ?? sorted.count
      sorted.insert(deployment, at: place)
    }
    return sorted
  }

  /// Appends the bot's sections. `ids` are the names of integrations that are taken.
  func append(to lines: inout [[UInt8]], _ ids: inout [[UInt8]]) {
    let own = usable
    let hasRates = own.allSatisfy { !$0.hasWeight && $0.requestsPerMinute != nil } && own.count > 1
    var (sections, drawn, later): ([[UInt8]], Int, Int) = ([], 0, 0)
    var rank = 1000
    for deployment in own + fallbacks.flatMap({ $0.usable }) {
      let isDrawn =
        rank == 1000 && deployment.order == own.first?.order
        && own.contains { $0 === deployment }
      if isDrawn {
        if hasRates { deployment.section.set("weight", deployment.requestsPerMinute ?? []) }
        drawn = max(drawn, deployment.timeout)
      } else {
        later += deployment.timeout
        rank = max(rank - 1, 1)
      }
      append(deployment, isDrawn ? nil : rank, to: &sections, &ids)
    }
    for deployment in deployments {
      guard let objection = deployment.objection else { continue }
      lines.append([])
      lines.append(ImportedSection.comment(objection.bytes))
    }
    guard !sections.isEmpty else {
      lines.append(
        ImportedSection.comment(("[bot \(id)] has no backend, and is left out" as Text).bytes))
      return
    }
    section.set("name", name)
    addNames()
    if drawn + later > 120_000 { section.set("deadline", Number.duration(drawn + later)) }
    section.append(to: &lines, ("[bot \(id)]" as Text).bytes)
    lines += sections
  }

  private func addNames() {
    var written: [[UInt8]] = []
    for name in (name == id ? [] : [name]) + aliases {
      if Self.isAlias(name) {
        written.append(name)
      } else {
        section.note("clients that ask for \(name) must ask for \(id)")
      }
    }
    if !written.isEmpty { section.set("aliases", Number.list(written)) }
  }

  /// Whether `aliases` may have a name. A `*` at its end stands for any rest, as in the original.
  private static func isAlias(_ name: [UInt8]) -> Bool {
    name.count <= 128 && name.allSatisfy { $0.isVisibleASCII && $0 != UInt8(ascii: ",") }
      && !name.dropLast().contains(UInt8(ascii: "*"))
  }

  /// Appends one integration; a `rank` makes it a fallback.
  private func append(
    _ deployment: Deployment, _ rank: Int?, to lines: inout [[UInt8]], _ ids: inout [[UInt8]]
  ) {
    let made = ImportedSection()
    made.set("bot", id)
    for setting in deployment.section.settings { made.set(setting.key, written: setting.value) }
    if let rank {
      made.set("weight", [UInt8](decimal: rank))
      made.set("fallback", [UInt8]("yes"))
    } else {
      made.take(notesOf: deployment.section)
    }
    let wanted = ("\(id)-\(deployment.provider)" as Text).bytes
    let id = Self.id(from: wanted, &ids)
    made.append(to: &lines, ("[integration \(id)]" as Text).bytes)
  }
}
