import Bytes
import Platform

/// How a ring's file is opened: taken, read, and made anew where it is missing, of another size, or no ring.
struct RingOpening {
  /// Without symbolic links, so that a file that is made anew does not take the place of a link to it.
  private let path: [UInt8]
  private let byteCount: Int
  private let key: SipHash.Key
  private var findings: [RingFinding] = []

  /// A file as it was read.
  private enum Reading {
    case ring(ResidentRing)
    case unreadable(ContextError)
  }

  /// How often somebody else may make the file anew between our opening and our locking it.
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

  /// `nil`: another file has come to the path meanwhile.
  private mutating func attempt() throws(RingFileError) -> OpenedRing? {
    switch RingTaking(path, .readWrite) {
    case .locked: throw .locked
    case .replaced: return nil
    case .missing: return try make(emptyRing(), replacing: nil)
    case .refused(let error): return try openUnwritable(error)
    case .taken(let file): return try load(RingFile(adopting: file, path: path))
    }
  }

  /// The file may not be written: what can be read of it is used, and not kept.
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

  /// Takes up what is in a file that is ours.
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
      // What a crash left behind while a file was being made.
      File.remove(Self.aside(path))
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

  /// The same turns in a ring of the configured size, as far as they fit.
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

  /// Where a file is made before it takes the ring's name.
  private static func aside(_ path: [UInt8]) -> [UInt8] { path + [UInt8](".new") }

  /// Makes the ring's file from a ring in memory.
  ///
  /// - Parameters:
  ///   - old: The file that is replaced, locked.
  ///   - other: The name that it is kept under, if it is.
  ///   - smaller: What is in it, and goes on being used if nothing can be made.
  private mutating func make(
    _ resident: ResidentRing, replacing old: RingFile?, setAside other: [UInt8]? = nil,
    instead smaller: ResidentRing? = nil
  ) throws(RingFileError) -> OpenedRing? {
    let aside = Self.aside(path)
    let failure: SystemError
    switch RingTaking(aside, .create) {
    case .locked: throw .locked
    case .refused(let error): failure = error
    case .taken(let new):
      // Somebody else was quicker, and may have turns in it already.
      if old == nil, File.exists(path) { return nil }
      do throws(SystemError) {
        try new.truncate()
        if let old { new.adopt(try old.file.attributes()) }
        try new.write(resident.bytes, at: 0)
        try new.flush()
        new.dropCache()
        if let other { try File.rename(path, to: other) }
        try File.rename(aside, to: path)
        try File.flushFolder(of: path)
        let file = RingFile(adopting: new, path: path)
        resident.ring.onChange = { file.write($0, at: $1) }
        if findings.isEmpty { findings.append(.created) }
        return OpenedRing(resident: resident, file: file, findings: findings)
      } catch {
        File.remove(aside)
        failure = error
      }
    default: return nil
    }
    if let old, let smaller {
      // In place of what says that it was converted.
      findings.removeLast()
      findings.append(.notGrown(byteCount: smaller.byteCount, failure))
      return OpenedRing(resident: smaller, file: old, findings: findings)
    }
    findings.append(.memoryOnly(failure))
    return OpenedRing(resident: resident, file: nil, findings: findings)
  }
}
