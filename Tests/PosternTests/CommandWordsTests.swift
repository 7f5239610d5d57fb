import Testing
import TestSupport

@testable import Postern

@Suite struct CommandWordsTests {
  private func read(_ words: String..., of topic: Command.Topic = .test) throws(UsageError)
    -> CommandWords
  {
    try CommandWords(words.map(bytes)[...], of: topic)
  }

  @Test func namesAndOptionsMayStandInAnyOrder() throws {
    for words in [
      ["-c", "file", "-m", "Hi", "a", "b"], ["a", "-m", "Hi", "b", "-c", "file"],
      ["a", "b", "-cfile", "-mHi"],
    ] {
      let read = try CommandWords(words.map(bytes)[...], of: .test)
      #expect(read.file == bytes("file"), "\(words)")
      #expect(read.message == bytes("Hi"), "\(words)")
      #expect(read.names == [bytes("a"), bytes("b")], "\(words)")
    }
  }

  @Test func withoutWordsNothingIsAsked() throws {
    let read = try read()
    #expect(read.file == nil && read.message == nil && read.names.isEmpty)
    #expect(!read.has(.print) && !read.asksForHelp)
  }

  /// The word after an option is its value, even if it looks like an option.
  @Test(arguments: ["-m", "--", "--help", "-"])
  func aValueMayLookLikeAnOption(value: String) throws {
    let read = try read("-c", value)
    #expect(read.file == bytes(value))
    #expect(read.names.isEmpty && !read.asksForHelp && read.message == nil)
  }

  /// A variable of a script that is not set.
  @Test func nothingIsEmptyButAMessage() throws {
    #expect(throws: UsageError.self) { try read("-c", "") }
    #expect(throws: UsageError.self) { try read("--user", "", of: .conversations) }
    #expect(throws: UsageError.self) { try read("", of: .trace) }
    #expect(try read("-m", "").message == [])
  }

  @Test func twoDashesEndTheOptions() throws {
    let read = try read("a", "--", "-c", "--help", "--")
    #expect(read.names == ["a", "-c", "--help", "--"].map(bytes))
    #expect(read.file == nil && !read.asksForHelp)
  }

  @Test(arguments: ["-h", "--help"], Command.Topic.allCases)
  func everyCommandHasHelp(option: String, topic: Command.Topic) throws {
    #expect(try read("--", option, of: topic).asksForHelp == false)
    #expect(try read(option, of: topic).asksForHelp)
  }

  @Test func onlyCheckPrints() throws {
    #expect(try read("--print", of: .check).has(.print))
    for topic in Command.Topic.allCases where topic != .check {
      #expect(throws: UsageError.self) { try read("--print", of: topic) }
    }
  }

  @Test func onlyCommandsThatReadAConfigurationTakeAFile() throws {
    for topic in Command.Topic.allCases {
      if topic.readsConfiguration {
        #expect(try read("-c", "file", of: topic).file == bytes("file"))
      } else {
        #expect(throws: UsageError.self) { try read("-c", "file", of: topic) }
      }
    }
  }

  @Test func onlyTestTakesAMessage() throws {
    #expect(try read("-m", "", of: .test).message == [])
    for topic in Command.Topic.allCases where topic != .test {
      #expect(throws: UsageError.self) { try read("-m", "Hi", of: topic) }
    }
  }

  /// Each error names the option or the word that is wrong.
  @Test(arguments: [
    (["-c"], "-c"), (["-m"], "-m"), (["-c", "a", "-c", "b"], "-c"), (["-ma", "-mb"], "-m"),
    (["--file"], "--file"), (["a", "-x"], "-x"), (["-"], "'-'"), (["--print"], "--print"),
    (["-C", "a"], "-C"),
  ])
  func errorsNameTheOption(words: [String], named: String) {
    let error = #expect(throws: UsageError.self) {
      try CommandWords(words.map(bytes)[...], of: .test)
    }
    #expect(error.map { "\($0.message)" }?.contains(named) == true)
  }

  @Test func countsNames() throws {
    let two = try read("a", "b")
    try two.checkNames(atMost: 2)
    let error = #expect(throws: UsageError.self) { try two.checkNames(atMost: 1) }
    #expect(error.map { "\($0.message)" }?.contains("'b'") == true, "names the first too many")
  }

  @Test(arguments: [
    ([], true), (["list"], true), (["list", "-b", "a"], true), (["show", "id"], true),
    (["delete", "id"], true), (["delete", "id", "-b", "a"], true),
    (["delete", "--user", "u"], true), (["delete", "--bot", "a"], true),
    (["delete"], false), (["delete", "-b", "a"], false), (["show"], false),
    (["show", "--bot", "a"], false), (["delete", "id", "--user", "u"], false),
    (["list", "id"], false), (["forget", "id"], false), (["show", "a", "b"], false),
  ])
  func conversationsAreDeletedOnlyIfNamed(words: [String], isValid: Bool) throws {
    let read = try CommandWords(words.map(bytes)[...], of: .conversations)
    #expect(((try? read.checkConversations()) != nil) == isValid)
  }
}
