import Testing

@testable import Platform

@Suite struct MemoryBlockTests {
  @Test(arguments: [(1, false), (4096, true), (1_000_001, false), (1_000_001, true)])
  func isZeroedAndWritable(byteCount: Int, isPopulated: Bool) throws {
    let block = try MemoryBlock(byteCount: byteCount, isPopulated: isPopulated)
    let memory = block.bytes
    #expect(memory.count == byteCount)
    #expect(memory.allSatisfy { $0 == 0 })
    memory[byteCount - 1] = 7
    #expect(memory[byteCount - 1] == 7)
  }

  /// A block that used the memory of an earlier one would show its contents.
  @Test func isZeroedAgain() throws {
    for _ in 0..<3 {
      let block = try MemoryBlock(byteCount: 65536, isPopulated: false)
      let memory = block.bytes
      #expect(memory.allSatisfy { $0 == 0 })
      memory.initializeMemory(as: UInt8.self, repeating: 0xFF)
    }
  }

  @Test func refusesWhatTheKernelRefuses() {
    let error = #expect(throws: SystemError.self) {
      _ = try MemoryBlock(byteCount: 1 << 60, isPopulated: false)
    }
    #expect(error.map { "\($0.call)" } == "mmap")
  }
}
