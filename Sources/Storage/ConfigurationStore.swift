import Bytes
package import Configuration
package import Platform

/// Changes in the configuration file: made in the text that is on disk at that moment, validated, and written
/// atomically. If somebody else saves meanwhile, they are made once more in the text that is there then.
///
/// Blocks on storage: for a thread that may. Shares nothing with others but what it is given; nobody must change the
/// environment meanwhile.
package enum ConfigurationStore {
  /// What a change has left on disk.
  package struct Saved {
    /// Which file it is now.
    package let identity: FileIdentity
    /// What it says.
    package let text: [UInt8]
    /// What comes of loading it.
    package let report: ConfigurationReport
    /// What storage said instead of confirming that it has the change, which a power cut may undo.
    package let unconfirmed: SystemError?
  }

  /// Why nothing has been written.
  package enum Failure: Error {
    /// The file cannot be read.
    case unreadable(SystemError)
    /// The file is invalid, or would be.
    case edit(ConfigurationEditError)
    /// The file, its folder, or what keeps its owner cannot be written.
    case notWritable(SystemError)
    /// There is no room on the disk.
    case full(SystemError)
    /// The system fails otherwise; the file is as it was.
    case failed(SystemError)
    /// Others save all the time.
    case raced
    /// The plan makes no changes in a file that says this.
    case declined
  }

  private static let attempts = 40

  /// What is to be changed in a file that says this; `nil` for nothing, because the file forbids it.
  package typealias Plan = (Configuration) -> [ConfigurationChange]?

  /// Makes changes in the file that a path leads to, all or none. A file that they leave as it is is not written.
  package static func save(
    _ changes: [ConfigurationChange], to path: [UInt8], from sources: ConfigurationSources
  ) throws(Failure) -> Saved {
    try save(to: path, from: sources) { _ in changes }
  }

  /// Makes the changes of a plan; where somebody else saves meanwhile, the plan is made once more.
  package static func save(
    to path: [UInt8], from sources: ConfigurationSources, _ plan: Plan
  ) throws(Failure) -> Saved {
    var last: FileIdentity?
    for attempt in 0..<attempts {
      // Whoever saves in place takes a moment.
      if attempt > 0 { Pause.milliseconds(5 * min(attempt, 10)) }
      let old: FileSnapshot
      let edit: ConfigurationEdit
      do throws(SystemError) {
        old = try FileSnapshot(of: path, limit: INIDocument.readingLimit)
      } catch {
        // An editor may have moved the file away, and be about to put another there.
        if error.isNotFound, attempt < 10 { continue }
        throw .unreadable(error)
      }
      do throws(Failure) {
        edit = try carryOut(plan, on: old.contents, sources)
      } catch {
        // Somebody may be in the middle of saving: what they have not written to the end says nothing, valid or not.
        if old.isBeingWritten || FileIdentity(at: path) != old.identity { continue }
        if case .edit(.invalidFile) = error, old.identity != last {
          last = old.identity
          continue
        }
        throw error
      }
      if edit.text == old.contents { return Saved(old.identity, edit) }
      if let saved = try replace(old, with: edit) { return saved }
    }
    throw .raced
  }

  private static func carryOut(
    _ plan: Plan, on text: [UInt8], _ sources: ConfigurationSources
  ) throws(Failure) -> ConfigurationEdit {
    let report = Configuration.load(text, from: sources)
    guard let configuration = report.configuration else {
      throw .edit(.invalidFile(report.findings))
    }
    guard let changes = plan(configuration) else { throw .declined }
    do throws(ConfigurationEditError) {
      return try ConfigurationEdit(changes, of: text, from: sources)
    } catch {
      throw .edit(error)
    }
  }

  /// Returns `nil` if somebody else has saved since.
  private static func replace(
    _ old: FileSnapshot, with edit: ConfigurationEdit
  ) throws(Failure) -> Saved? {
    do throws(SystemError) {
      guard case .replaced(let identity) = try FileReplacement.replace(old, with: edit.text) else {
        return nil
      }
      return Saved(identity, edit)
    } catch {
      // The last call asks storage to keep the new name, which others see by then.
      if let new = try? FileSnapshot(of: old.path, limit: INIDocument.readingLimit),
        new.identity != old.identity, new.contents == edit.text
      {
        return Saved(new.identity, edit, unconfirmed: error)
      }
      if error.isForbidden { throw .notWritable(error) }
      if error.isFull { throw .full(error) }
      throw .failed(error)
    }
  }
}

extension ConfigurationStore.Saved {
  fileprivate init(
    _ identity: FileIdentity, _ edit: ConfigurationEdit, unconfirmed: SystemError? = nil
  ) {
    self.init(
      identity: identity, text: edit.text, report: edit.report, unconfirmed: unconfirmed)
  }
}
