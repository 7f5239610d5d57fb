import Bytes

/// Keeps a client of the management API from sending secrets and messages where only an administrator may.
struct PatchGuard {
  private let name: SectionName
  private let resource: Resource?

  /// A guard of the changes of a section; `resource` is the section as it is, `nil` for one to be added.
  init(_ name: SectionName, from resource: Resource?) {
    self.name = name
    self.resource = resource
  }

  /// Checks all changes of one patch.
  ///
  /// URLs that are invalid are left to the check of the whole file.
  func check(_ changes: [ConfigurationChange]) throws(ResourcePatch.Objection) {
    for change in changes {
      guard case .set(_, let key, let value) = change,
        let row = name.kind.setting(for: key.span)
      else { continue }
      let type = name.kind.settings[row].type
      let old = resource?.text(row: row)
      // Sent back as it is: an administrator may have chosen it.
      guard old?.bytes != value, let url = Self.destination(value, type) else { continue }
      if let objection = url.objectionToClients {
        throw ResourcePatch.Objection(
          member: key,
          message: "\(quoting: key): \(objection); only an administrator can set it, in the file")
      }
      // No secret goes to a probe's own address.
      guard !key.span.equals("probe_url") else { continue }
      let before = old.flatMap { Self.destination($0.bytes, type) }
      let isMoved = before.map { !url.hasOrigin(of: $0) } ?? true
      if isMoved { try checkSecrets(changes, movedBy: key) }
    }
  }

  /// Checks that a patch gives or removes every secret of the section, because all of them go to the new address.
  private func checkSecrets(
    _ changes: [ConfigurationChange], movedBy moved: [UInt8]
  ) throws(ResourcePatch.Objection) {
    for secret in resource?.secretKeys ?? [] where secret != moved {
      guard let row = name.kind.setting(for: secret.span) else { continue }
      let ignoresCase = name.kind.settings[row].ignoresCase
      let isGiven = changes.contains { change in
        guard let key = change.key else { return false }
        return ignoresCase ? key.span.equalsIgnoringCase(secret.span) : key == secret
      }
      if isGiven { continue }
      let member = ResourcePatch.member(of: secret)
      throw ResourcePatch.Objection(
        member: member,
        message:
          """
          \(quoting: moved) names another scheme, host or port: send \(quoting: member) with its value in the same \
          request, or null to remove it
          """)
    }
  }

  /// Where secrets go because of a setting of this type; `nil` if it does not decide that. A proxy counts: it sees
  /// what goes to a backend without TLS, and decides where the rest goes.
  private static func destination(_ text: [UInt8], _ type: SettingType) -> BackendURL? {
    let value = WrittenValue(bytes: text, isDerived: false)
    return switch type {
    case .url: try? BackendURL(value)
    case .proxy: (try? ProxyURL(value))?.server
    default: nil
    }
  }
}
