import Bytes
package import Configuration
package import Platform

/// Saves changes of the configuration file: edits the text on disk, validates it, and writes it atomically.
///
/// If another process saves meanwhile, the changes are made again in the new text. Blocks on storage, and so runs on a
/// thread that may block. Shares nothing with other threads. The environment must not change meanwhile.
package enum ConfigurationStore {
  /// The file after a save.
  package struct Saved {
    /// The file's identity.
    package let identity: FileIdentity
    /// The file's text.
    package let text: [UInt8]
    /// The changes that the file needed; none where it had all of their values already.
    package let changes: [ConfigurationChange]
    /// The result of loading it.
    package let report: ConfigurationReport
    /// Why storage has not confirmed the change, which a power cut may then undo; `nil` where it has.
    package let unconfirmed: SystemError?
  }

  /// Why nothing was written.
  package enum Failure: Error {
    /// The file cannot be read.
    case unreadable(SystemError)
    /// The file is invalid, or would be.
    case edit(ConfigurationEditError)
    /// The file, its folder or its attributes must not be written.
    case notWritable(SystemError)
    /// The disk is full.
    case full(SystemError)
    /// Another error of the system. The file is as it was.
    case failed(SystemError)
    /// Other processes save all the time.
    case raced
    /// The plan returned `nil`.
    case declined
  }

  private static let attempts = 40

  /// Plans the changes of a file that has this configuration; `nil` where they are not possible.
  package typealias Plan = (Configuration) -> [ConfigurationChange]?

  /// Makes changes in the file at a path, all or none. A file that would stay the same is not written.
  package static func save(
    _ changes: [ConfigurationChange], to path: [UInt8], from sources: ConfigurationSources
  ) throws(Failure) -> Saved {
    try save(to: path, from: sources) { _ in changes }
  }

  /// Makes the changes of a plan. If another process saves meanwhile, the plan is made again.
  ///
  /// Unless the file may be empty, one without sections and keys is invalid: it has lost the settings that apply.
  package static func save(
    to path: [UInt8], from sources: ConfigurationSources, mayBeEmpty: Bool = true, _ plan: Plan
  ) throws(Failure) -> Saved {
    var last: FileIdentity?
    for attempt in 0..<attempts {
      // A process that saves in place takes a moment.
      if attempt > 0 { Pause.milliseconds(5 * min(attempt, 10)) }
      let old: FileSnapshot
      let edit: ConfigurationEdit
      do throws(SystemError) {
        old = try FileSnapshot(of: path, limit: INIDocument.readingLimit)
      } catch {
        // An editor may have moved the file away, and is about to write another one.
        if error.isNotFound, attempt < 10 { continue }
        throw .unreadable(error)
      }
      do throws(Failure) {
        if !mayBeEmpty, Finding.hasNoText(old.contents) {
          throw .edit(.invalidFile([Finding.lostText]))
        }
        edit = try carryOut(plan, on: old.contents, sources)
      } catch {
        // Another process may be saving: half a file says nothing, valid or not.
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

  /// What the changes of a plan would do to the file, which is not written: a unified diff, empty where it would stay the
  /// same.
  package static func preview(
    of path: [UInt8], from sources: ConfigurationSources, mayBeEmpty: Bool, _ plan: Plan
  ) throws(Failure) -> [UInt8] {
    let old: FileSnapshot
    do throws(SystemError) {
      old = try FileSnapshot(of: path, limit: INIDocument.readingLimit)
    } catch {
      throw .unreadable(error)
    }
    if !mayBeEmpty, Finding.hasNoText(old.contents) {
      throw .edit(.invalidFile([Finding.lostText]))
    }
    let edit = try carryOut(plan, on: old.contents, sources)
    return ConfigurationDiff(
      from: INIDocument(parsing: old.contents), to: INIDocument(parsing: edit.text)
    ).text(path: path)
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

  /// Returns `nil` if another process has saved since.
  private static func replace(
    _ old: FileSnapshot, with edit: ConfigurationEdit
  ) throws(Failure) -> Saved? {
    do throws(SystemError) {
      guard case .replaced(let identity) = try FileReplacement.replace(old, with: edit.text) else {
        return nil
      }
      return Saved(identity, edit)
    } catch {
      // The last call asks storage to keep the new name, which other processes already see.
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
      identity: identity, text: edit.text, changes: edit.made, report: edit.report,
      unconfirmed: unconfirmed)
  }
}
