import Bytes
package import Configuration
package import EventLoop
package import Logging
package import Platform

/// Applies a changed configuration file while the gateway runs.
///
/// It reads the file at SIGHUP, and when the file, a layer or one of the files that they name has changed.
///
/// The file is loaded and validated whole, as at the start, and `${…}` is resolved again. A valid file applies at
/// once, to all requests from then on. An invalid one changes only what `/readyz` shows.
package final class Reload {
  /// Applies a configuration.
  package var onValid: ((Configuration) -> Void)?
  /// Takes the errors that keep the file from being applied, a line each; none once it is applied.
  package var onFaults: (([[UInt8]]) -> Void)?
  /// Takes the settings of an applied file that wait for a restart, in words; empty for none.
  package var onRestartNeeded: (([UInt8]) -> Void)?
  /// Takes the result each time that the file was read.
  package var onResult: ((ReloadResult) -> Void)?

  /// The file.
  package let path: [UInt8]
  /// What it is read with.
  package let sources: ConfigurationSources
  private let log: Log
  private let loop: EventLoop
  private let initial: RestartSettings
  private var observer: FileObserver?
  /// Runs until the file has been quiet.
  private var timer: TimerID?
  private var firstChange: Instant?
  /// When one of the files that it names first made the configuration invalid.
  private var firstFault: Instant?
  /// Whether the file is loaded even if it is the same, because the environment of `${…}` may have changed.
  private var isAsked = false
  /// The callers that wait for the result.
  private var waiting: [(ReloadResult) -> Void] = []
  /// The file that was read last, valid or not; without a hash, the one that was read at the start.
  private var last: (identity: FileIdentity?, hash: UInt64?)?
  /// Whether there is no file yet, so that the layers are all that applies.
  private var isAbsent: Bool
  /// Whether the file that applies has neither sections nor keys. Any other file that loses them is refused: the API keys
  /// would be gone, too.
  package private(set) var isEmpty: Bool
  /// The layers and the files that are named, as they were read with it.
  private var files: [ReferencedFile]
  /// The sections that apply; `nil` if the file was not read whole.
  private var sections: ChangedSections?

  /// The time without changes before the file is read, because editors and tools save in several steps.
  private static let quiet = TimeSpan.milliseconds(100)
  /// The longest wait for that quiet time, for a process that has the file open for writing or has moved it away, or for a
  /// key that fits a new certificate.
  private static let patience = TimeSpan.seconds(1)

  /// `identity` is the file's identity just before it was loaded as `configuration`, together with `files`; `nil` if there
  /// are layers only.
  package init(
    of path: [UInt8], _ identity: FileIdentity?, naming files: [ReferencedFile] = [],
    from sources: ConfigurationSources, applied configuration: Configuration, log: Log,
    loop: EventLoop
  ) {
    self.path = path
    self.sources = sources
    self.log = log
    self.loop = loop
    initial = RestartSettings(configuration)
    self.files = files
    isEmpty = identity?.isEmpty ?? true
    isAbsent = identity == nil
    last = (identity, nil)
  }

  /// Reads the file again whenever it, or a file that it names, changes. If the system cannot watch files, only SIGHUP
  /// causes that.
  package func watch() {
    if let file = try? FileSnapshot(of: path, limit: INIDocument.readingLimit),
      file.identity == last?.identity
    {
      sections = ChangedSections(of: file.contents, sources.layers())
      isEmpty = Finding.hasNoText(file.contents)
    }
    do throws(SystemError) {
      observer = try FileObserver(log: log, loop: loop) { [self] in fileChanged() }
    } catch {
      return log.write(.warning, "configuration_not_watched") { line in
        line.field("reason", error.reason)
        line.field("message", "only SIGHUP reloads it")
      }
    }
    follow()
    // A file may have changed since it was read.
    if !files.isEmpty || FileIdentity(at: path) != last?.identity { fileChanged() }
  }

  private func follow() {
    observer?.follow([path] + sources.layerPaths + files.map { $0.path })
  }

  private func fileChanged() {
    let first = firstChange ?? loop.now
    firstChange = first
    loop.cancel(timer)
    timer = loop.schedule(at: min(loop.now + Reload.quiet, first + Reload.patience)) { [self] in
      read()
    }
  }

  /// Reads the file again, whether it has changed or not, and applies it if it is valid.
  ///
  /// `completion` is called with the result, at the latest after a second.
  package func begin(then completion: ((ReloadResult) -> Void)? = nil) {
    if let completion { waiting.append(completion) }
    isAsked = true
    read()
  }

  /// Applies nothing any more, and releases the callbacks.
  package func end() {
    onValid = nil
    onFaults = nil
    onRestartNeeded = nil
    onResult = nil
    waiting = []
    // It refers to this object.
    observer = nil
  }

  /// Applies the file that Postern itself has just saved. If another process has saved since, that file is read, once
  /// it is whole.
  package func adopt(_ saved: ConfigurationStore.Saved) {
    guard FileIdentity(at: path) == saved.identity else { return read() }
    isEmpty = isEmpty || Finding.hasNoText(saved.text)
    take(saved.text, saved.identity, since: Instant.now)
  }

  private func read() {
    loop.cancel(timer)
    let start = Instant.now
    do throws(SystemError) {
      let file = try FileSnapshot(of: path, limit: INIDocument.readingLimit)
      if file.isBeingWritten, hasPatience { return fileChanged() }
      firstChange = nil
      isAbsent = false
      take(file.contents, file.identity, since: start)
    } catch {
      if error.isNotFound, isAbsent {
        firstChange = nil
        return take([], nil, since: start)
      }
      // An editor may have moved the file away, and is about to write another one.
      if error.isNotFound, !isAsked, hasPatience { return fileChanged() }
      firstChange = nil
      isAsked = false
      last = nil
      refuse(["\(path): \(error.readingReason)"])
    }
  }

  private var hasPatience: Bool { loop.now - (firstChange ?? loop.now) < Reload.patience }

  private func take(_ text: [UInt8], _ identity: FileIdentity?, since start: Instant) {
    var hash = SipHash.unkeyed
    hash.combine(text.span)
    let this: (identity: FileIdentity?, hash: UInt64?) = (identity, hash.finish())
    let isSame = last.map { $0.identity == identity && $0.hash ?? this.hash == this.hash } ?? false
    if isSame, !isAsked, files.isEmpty, sources.layerPaths.isEmpty { return }
    let hasNoText = Finding.hasNoText(text)
    if hasNoText, !isEmpty, !(isSame && last?.hash == nil) {
      isAsked = false
      last = this
      return refuse([Finding.lostText.line(file: path)])
    }
    log.write(.debug, "configuration_read") { line in
      line.field("file", path)
      line.field("bytes", text.count)
      line.field(
        "because",
        isAsked ? "asked" : isSame ? "a layer or a file that is named changed" : "changed")
    }
    let report = Configuration.load(text, from: sources)
    if isSame, !isAsked {
      if report.files == files { return }
      if report.configuration == nil, waitsForRest() { return }
    }
    firstFault = nil
    isAsked = false
    last = this
    files = report.files
    if report.configuration != nil { isEmpty = hasNoText }
    follow()
    finish(report, ChangedSections(of: text, report.layers), since: start)
  }

  /// Whether an invalid configuration is read once more before it is reported: a certificate and its key are often
  /// replaced one after the other.
  private func waitsForRest() -> Bool {
    let first = firstFault ?? loop.now
    guard loop.now - first < Reload.patience else { return false }
    firstFault = first
    timer = loop.schedule(at: first + Reload.patience) { [self] in read() }
    return true
  }

  private func finish(
    _ report: ConfigurationReport, _ sections: ChangedSections, since start: Instant
  ) {
    var (errors, found): ([Text], [Text]) = ([], [])
    for finding in report.findings {
      let text = finding.line(file: path)
      found.append(text)
      if finding.severity == .error {
        errors.append(text)
      } else {
        log.write(.warning, "configuration_warning") { $0.field("message", text) }
      }
    }
    guard let configuration = report.configuration else { return refuse(errors) }
    // The more verbose of both levels applies to what is logged about the change.
    log.level = max(log.level, configuration.log.logLevel)
    log.format = configuration.log.logFormat
    onValid?(configuration)
    onFaults?([])
    let late = initial.differences(from: RestartSettings(configuration))
    log.write(.info, "configuration_reloaded") { line in
      line.field("file", path)
      line.field("bots", configuration.bots.count)
      line.field("integrations", configuration.integrations.count)
      line.field("ms", (Instant.now - start).milliseconds)
      let changed = self.sections?.names(changedTo: sections) ?? []
      if !changed.isEmpty { line.field("changed", changed) }
    }
    self.sections = sections
    var names: Text = ""
    for name in late { names += names.bytes.isEmpty ? "\(name)" : ", \(name)" }
    let message: Text = late.isEmpty ? "" : "after a restart only: \(names)"
    onRestartNeeded?(message.bytes)
    if !late.isEmpty {
      log.write(.warning, "restart_needed") { line in
        line.field("settings", names)
        line.field("message", "these settings apply after a restart")
      }
    }
    log.level = configuration.log.logLevel
    conclude(isApplied: true, found, restartNeeded: late)
  }

  private func conclude(
    isApplied: Bool, _ findings: [Text], restartNeeded: [StaticString] = []
  ) {
    let result = ReloadResult(
      time: .now, isApplied: isApplied, findings: findings, restartNeeded: restartNeeded)
    onResult?(result)
    let callers = waiting
    waiting = []
    for caller in callers { caller(result) }
  }

  /// The most errors of one file that are logged; `postern check` shows all.
  private static let mostErrors = 50

  private func refuse(_ all: [Text]) {
    var errors = Array(all.prefix(Reload.mostErrors))
    if errors.count < all.count {
      errors.append("\(path): and \(all.count - errors.count) more errors")
    }
    for error in errors {
      log.write(.error, "configuration_invalid") { line in
        line.field("message", error)
        line.field("applied", "the configuration before")
      }
    }
    onFaults?(errors.map { $0.bytes })
    conclude(isApplied: false, errors)
  }
}
