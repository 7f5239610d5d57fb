import Bytes
import JSON
import Testing

@testable import Channels

@Suite struct TelegramUpdateTests {
  private func update(_ text: String) throws -> TelegramUpdate? {
    TelegramUpdate(try JSONDocument(Array(text.utf8)).root)
  }

  private func message(_ members: String, chat: String = #"{"id":7,"type":"private"}"#) throws
    -> TelegramMessage?
  {
    let from = #"{"id":7,"is_bot":false,"first_name":"Ann","last_name":"Lee","username":"Ann_L"}"#
    let text = """
      {"update_id":1,"message":{"message_id":5,"date":1,"chat":\(chat),"from":\(from),\(members)}}
      """
    guard case .message(let message) = try update(text)?.content else { return nil }
    return message
  }

  @Test func readsText() throws {
    let message = try #require(try message(#""text":"Hi \ud83d\ude00""#))
    #expect(message.text == Array("Hi 😀".utf8) && message.files.isEmpty && !message.isGroup)
    #expect(message.sender.name == Array("Ann Lee".utf8) && message.sender.id == 7)
    #expect(message.place.address == Array("7".utf8))
  }

  @Test func readsIdsOf64Bits() throws {
    let message = try #require(
      try message(
        #""is_topic_message":true,"message_thread_id":44,"text":"x""#,
        chat: #"{"id":-1001234567890123,"type":"supergroup","is_forum":true}"#))
    #expect(message.place == TelegramPlace(chat: -1_001_234_567_890_123, thread: 44))
    #expect(message.place == TelegramPlace(address: message.place.address))
    #expect(message.isGroup)
    // A thread of replies is not a topic.
    let reply = try #require(
      try self.message(
        #""message_thread_id":44,"text":"x""#, chat: #"{"id":-1,"type":"supergroup"}"#))
    #expect(reply.place.thread == nil)
  }

  @Test func choosesThePhotoThatFits() throws {
    let message = try #require(
      try message(
        """
        "caption":"Look","photo":[{"file_id":"s","file_size":100},{"file_id":"m","file_size":2000},\
        {"file_id":"l","file_size":90000}]
        """))
    #expect(message.text == Array("Look".utf8))
    let photo = try #require(message.files.first)
    #expect(photo.id(within: 100_000) == Array("l".utf8))
    #expect(photo.id(within: 5000) == Array("m".utf8))
    #expect(photo.id(within: 99) == nil)
  }

  @Test(arguments: [
    (#""voice":{"file_id":"v","mime_type":"audio/ogg","duration":2}"#, ChannelFile.Kind.audio),
    (#""document":{"file_id":"d","mime_type":"image/png"}"#, .image),
    (#""document":{"file_id":"d","file_name":"a.pdf","mime_type":"application/pdf"}"#, .document),
    (#""audio":{"file_id":"a"}"#, .audio),
  ])
  func readsFiles(members: String, kind: ChannelFile.Kind) throws {
    #expect(try message(members)?.files.map { $0.file.kind } == [kind])
  }

  @Test(arguments: [
    (#""sticker":{"file_id":"s","emoji":"👍"}"#, "👍"),
    (#""location":{"latitude":52.5,"longitude":-13.25}"#, "[location: 52.5, -13.25]"),
    (#""contact":{"phone_number":"+49","first_name":"Bo"}"#, "[contact: Bo +49]"),
  ])
  func putsOthersIntoWords(members: String, text: String) throws {
    #expect(try message(members)?.text == Array(text.utf8))
  }

  /// What brings nothing to answer, valid or not.
  @Test(arguments: [
    #"{"update_id":1}"#, #"{"update_id":1,"edited_message":{"text":"x"}}"#,
    #"{"update_id":1,"channel_post":{"message_id":1,"chat":{"id":1},"text":"x"}}"#,
    #"{"update_id":1,"message":{}}"#, #"{"update_id":1,"message":7}"#,
    #"{"update_id":1,"message":{"message_id":1,"chat":{"id":1,"type":"private"},"text":"x"}}"#,
    #"{"update_id":1,"message":{"message_id":1,"chat":{"id":1,"type":"private"},"from":{"id":2,"is_bot":true},"text":"x"}}"#,
    #"{"update_id":1,"message":{"message_id":1,"chat":{"id":1,"type":"private"},"from":{"id":2},"text":7}}"#,
    #"{"update_id":1,"message":{"message_id":1,"chat":{"id":1,"type":"private"},"from":{"id":2},"photo":[{}]}}"#,
    #"{"update_id":1,"message":{"message_id":1,"chat":{"id":"1","type":"private"},"from":{"id":2},"text":"x"}}"#,
    #"{"update_id":1,"message":{"message_id":1,"chat":{"id":1,"type":"channel"},"from":{"id":2},"text":"x"}}"#,
    #"{"update_id":1,"message":{"message_id":1,"chat":{"id":1,"type":"group"},"from":{"id":2},"new_chat_members":[]}}"#,
  ])
  func passesOthersOver(text: String) throws {
    let update = try #require(try update(text))
    guard case .other = update.content else {
      Issue.record("\(text) is answered")
      return
    }
  }

  @Test(arguments: [
    "{}", #"{"update_id":-1}"#, #"{"update_id":1.5}"#, #"{"update_id":"1"}"#, "[]", "7",
  ])
  func refusesUpdatesWithoutANumber(text: String) throws {
    #expect(try update(text) == nil)
  }

  @Test func followsMigration() throws {
    let update = try update(
      #"{"update_id":1,"message":{"chat":{"id":-5,"type":"group"},"migrate_to_chat_id":-1009}}"#)
    guard case .migration(from: -5, to: -1009) = update?.content else {
      Issue.record("the chat's new id is lost")
      return
    }
  }

  @Test(arguments: [
    (#""text":"@my_bot hi""#, true), (#""text":"hi @MY_BOT!""#, true),
    (#""text":"hi @my_bots""#, false), (#""text":"me@my_bot""#, false),
    (#""text":"@other hi""#, false),
    (#""text":"hi""#, false), (#""text":"hi","reply_to_message":{"from":{"id":42}}"#, true),
    (#""text":"hi","reply_to_message":{"from":{"id":43}}"#, false),
    (
      #""text":"hi","entities":[{"type":"text_mention","offset":0,"length":2,"user":{"id":42}}]"#,
      true
    ),
    (#""caption":"@my_bot","photo":[{"file_id":"x"}]"#, true),
  ])
  func knowsWhatIsForTheBot(members: String, isFor: Bool) throws {
    let message = try #require(try message(members, chat: #"{"id":-5,"type":"group"}"#))
    #expect(message.isFor(bot: 42, named: Array("my_bot".utf8)) == isFor)
  }

  @Test(
    arguments: [
      ("/new", "new", nil, ""), ("/New@My_Bot  hi there", "new", "My_Bot", "hi there"),
      ("/start abc", "start", nil, "abc"), ("/new\nhi", "new", nil, "hi"),
    ] as [(String, String, String?, String)])
  func readsCommands(text: String, name: String, bot: String?, rest: String) throws {
    let command = try #require(TelegramCommand(Array(text.utf8)))
    #expect(command.name == Array(name.utf8) && command.bot == bot.map { Array($0.utf8) })
    #expect(command.rest == Array(rest.utf8))
  }

  @Test(arguments: ["new", "/", "/ new", "/path/to", "", "hi /new", "/new-thing"])
  func takesOthersForText(text: String) {
    #expect(TelegramCommand(Array(text.utf8)) == nil)
  }
}
