import Bytes
import Platform

/// Opens a ring's file: locks it, reads it, and makes a new one if it is missing, of another size,
/// or not a ring.
struct RingOpening {
  /// Without symbolic links, so that a new file does not replace a link to the old one.
  private let path: [UInt8]
  private let byteCount: Int
  private let key: SipHash.Key
  private var findings: [RingFinding] = []

  /// The contents of a file.
  private enum Reading {
    case ring(ResidentRing)
    case unreadable(ContextError)
  }

  /// How often another process may replace the file between our opening it and locking it.
  private static let attempts = 8

  init(path: [UInt8], byteCount: Int, key: SipHash.Key) {
    self.path = File.resolve(path)
    self.byteCount = byteCount
    self.key = key
  }

  mutating func open() throws(RingFileError) -> OpenedRing {
    for _ in 0..<Self.attempts {
      findings = []
      if let opened = try attempt() { return opened }
    }
    throw .locked
  }

  /// Opens the ring once; `nil` if another file has come to the path meanwhile.
  private mutating func attempt() throws(RingFileError) -> OpenedRing? {
    switch RingTaking(path, .readWrite) {
    case .locked: throw .locked
    case .replaced: return nil
    case .missing: return try make(emptyRing(), replacing: nil)
    case .refused(let error): return try openUnwritable(error)
    case .taken(let file): return try load(RingFile(adopting: file, path: path))
    }
  }

  /// Opens a file that cannot be written: the ring gets what can be read, and stays in memory.
  private mutating func openUnwritable(_ error: SystemError) throws(RingFileError) -> OpenedRing {
    var resident: ResidentRing?
    switch RingTaking(path, .read) {
    case .locked: throw .locked
    case .taken(let file):
      let file = RingFile(adopting: file, path: path)
      switch try read(file, of: file.file.sizeOrZero, isWritable: false) {
      case .ring(let ring): resident = ring.byteCount == byteCount ? ring : try convert(ring)
      case .unreadable(let error): findings.append(.unreadable(error, setAside: []))
      }
    default: break
    }
    findings.append(.memoryOnly(error))
    if resident == nil { resident = try emptyRing() }
    return OpenedRing(resident: resident!, file: nil, findings: findings)
  }

  // MARK: Reading

  /// Reads the ring from a file that is locked and writable.
  private mutating func load(_ file: RingFile) throws(RingFileError) -> OpenedRing? {
    let size = file.file.sizeOrZero
    guard size > 0 else { return try make(emptyRing(), replacing: file) }
    switch try read(file, of: size, isWritable: true) {
    case .unreadable(let error):
      let other = path + [UInt8](".unreadable")
      findings.append(.unreadable(error, setAside: other))
      return try make(emptyRing(), replacing: file, setAside: other)
    case .ring(let ring):
      guard ring.byteCount == byteCount, size == byteCount else {
        let isUsable = size == ring.byteCount && size < byteCount
        return try make(convert(ring), replacing: file, instead: isUsable ? ring : nil)
      }
      file.file.dropCache()
      // A crash while a file was being made may have left this.
      File.remove(RingFile.aside(path))
      return OpenedRing(resident: ring, file: file, findings: findings)
    }
  }

  private mutating func read(
    _ file: RingFile, of size: Int, isWritable: Bool
  ) throws(RingFileError) -> Reading {
    let header: RingHeader
    do throws(ContextError) {
      header = try file.file.ringHeader(fileSize: size, byteCount: byteCount)
    } catch {
      return .unreadable(error)
    }
    let isWhole = header.blockSize == size
    if !isWhole {
      findings.append(.wrongLength(fileByteCount: size, ringByteCount: header.blockSize))
    }
    let block = try Self.block(header.blockSize, isPopulated: header.blockSize == byteCount)
    let index = try Self.index(header.blockSize)
    file.file.readReadable(
      into: UnsafeMutableRawBufferPointer(
        rebasing: block.bytes[..<min(size, header.blockSize)]))
    do throws(ContextError) {
      let resident = try ResidentRing(
        reopening: block, index: index,
        onChange: isWritable && isWhole ? { file.write($0, at: $1) } : nil)
      let recovery = resident.ring.recovery
      if recovery.isUpgraded {
        findings.append(.upgraded)
        // Before a turn that only the new version can have.
        if isWritable && isWhole { file.flushNow() }
      }
      if recovery.lostTurns > 0 { findings.append(.recovered(recovery)) }
      return .ring(resident)
    } catch {
      return .unreadable(error)
    }
  }

  // MARK: Making

  private static func block(_ byteCount: Int, isPopulated: Bool) throws(RingFileError)
    -> MemoryBlock
  {
    do throws(SystemError) {
      return try MemoryBlock(byteCount: byteCount, isPopulated: isPopulated)
    } catch {
      throw .memory(error)
    }
  }

  private static func index(_ blockSize: Int) throws(RingFileError) -> MemoryBlock {
    try block(ContextRing.indexSize(forBlockOf: blockSize), isPopulated: false)
  }

  private func emptyRing() throws(RingFileError) -> ResidentRing {
    ResidentRing(
      formatting: try Self.block(byteCount, isPopulated: true), index: try Self.index(byteCount),
      key: key)
  }

  /// Copies the turns to a ring of the configured size, as far as they fit.
  private mutating func convert(_ ring: ResidentRing) throws(RingFileError) -> ResidentRing {
    let converted = try emptyRing()
    let left = converted.ring.appendTurns(of: ring.ring)
    if ring.byteCount != byteCount {
      findings.append(
        .converted(
          fromByteCount: ring.byteCount, kept: converted.ring.statistics.turns, left: left))
    }
    return converted
  }

  /// Makes the ring's file from a ring in memory; `nil` if another file has come to the path.
  ///
  /// - Parameters:
  ///   - old: The file that is replaced, locked.
  ///   - other: The new name of the old file, if it is kept.
  ///   - smaller: The ring in the old file, which stays in use if no file can be made.
  private mutating func make(
    _ resident: ResidentRing, replacing old: RingFile?, setAside other: [UInt8]? = nil,
    instead smaller: ResidentRing? = nil
  ) throws(RingFileError) -> OpenedRing? {
    let failure: SystemError
    switch RingFile.make(path, of: resident.block, replacing: old, setAside: other) {
    case .locked: throw .locked
    case .replaced: return nil
    case .failed(let error): failure = error
    case .made(let file):
      resident.ring.onChange = { file.write($0, at: $1) }
      if findings.isEmpty { findings.append(.created) }
      return OpenedRing(resident: resident, file: file, findings: findings)
    }
    if let old, let smaller {
      // This replaces the finding that the ring was converted.
      findings.removeLast()
      findings.append(.notGrown(byteCount: smaller.byteCount, failure))
      return OpenedRing(resident: smaller, file: old, findings: findings)
    }
    findings.append(.memoryOnly(failure))
    return OpenedRing(resident: resident, file: nil, findings: findings)
  }
}
