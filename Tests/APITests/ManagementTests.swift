import Backends
import Bytes
import Configuration
import JSON
import Platform
import Testing
import TestSupport

@testable import API
@testable import HTTPServer

@Suite struct ManagementTests {
  private func value(_ text: String) throws -> JSONValue {
    try JSONDocument(Array(text.utf8)).root
  }

  // MARK: Ids

  @Test(
    arguments: [
      (#"{"name": "Support Bot"}"#, "support-bot"), (#"{"name": "  --A__b..C! "}"#, "a-b-c"),
      (#"{"name": "Café"}"#, "caf"), (#"{"name": "日本"}"#, "bot"), (#"{"name": ""}"#, "bot"),
      (#"{"name": "Taken"}"#, "taken-3"), (#"{"name": "default"}"#, "default"),
      (#"{"id": "x_1", "name": "Other"}"#, "x_1"), (#"{"id": null, "name": "Other"}"#, "other"),
    ])
  func makesIDs(patch: String, id: String) throws {
    let configuration = try configuration("[bot taken]\n[bot taken-2]\n")
    let made = try ResourceChanges.id(for: value(patch), .bot, in: configuration)
    #expect(text(made) == id)
  }

  @Test(
    arguments: [
      ("{}", 400, "name"), (#"{"name": 5}"#, 400, "name"), (#"{"id": 5}"#, 400, "id"),
      (#"{"id": "A"}"#, 400, "id"), (#"{"id": ""}"#, 400, "id"), (#"{"id": "-a"}"#, 400, "id"),
      (#"{"id": "taken"}"#, 409, "id"),
    ])
  func refusesIDs(patch: String, status: Int, member: String) throws {
    let configuration = try configuration("[bot taken]\n")
    #expect {
      try ResourceChanges.id(for: value(patch), .bot, in: configuration)
    } throws: { error in
      let error = error as? APIError
      return error?.status == status && error?.parameter == Array(member.utf8)
    }
  }

  // MARK: Deleting

  @Test func deletesABotWithItsIntegrations() throws {
    let configuration = try configuration(
      """
      [bot a]
      [bot b]
      [integration one]
      bot = a
      type = echo
      [integration two]
      bot = b
      type = echo
      [key some]
      secret = some-key-0123456789
      bots = b
      """)
    let a = try #require(configuration.resource(SectionName(.bot, Array("a".utf8))))
    let names = try ResourceChanges.deleting(a, from: configuration).map { change in
      if case .delete(let name) = change { text(name.name) } else { "no deletion" }
    }
    #expect(names == ["one", "a"])
    let b = try #require(configuration.resource(SectionName(.bot, Array("b".utf8))))
    #expect {
      try ResourceChanges.deleting(b, from: configuration)
    } throws: { error in
      (error as? APIError)?.status == 409
    }
  }

  // MARK: Entity tags

  @Test func tagsTellVersionsApart() throws {
    let name = SectionName(.integration, Array("i".utf8))
    func resource(_ more: String) throws -> Resource {
      let text = "[integration i]\ntype = echo\n\(more)\n"
      return try #require(try configuration(text).resource(name))
    }
    let tags = EntityTag(key: SipHash.Key(1, 2))
    let tag = tags.tag(of: try resource("header.X = one"))
    #expect(text(tag).count == 18)
    #expect(tags.tag(of: try resource("header.X   =   one\n# comment")) == tag)
    #expect(tags.tag(of: try resource("header.X = two")) != tag)
    #expect(tags.tag(of: try resource("weight = 2")) != tag)
    #expect(EntityTag(key: SipHash.Key(1, 3)).tag(of: try resource("header.X = one")) != tag)
  }

  @Test func conditionsHoldOrNot() throws {
    let resource = try #require(configuration("").resources(.bot).first)
    let tags = EntityTag(key: SipHash.Key(1, 2))
    let tag = text(tags.tag(of: resource))
    #expect(tags.matches(nil, resource))
    for (condition, holds) in [
      (tag, true), ("*", true), ("\"a\", \(tag)", true), ("\(tag),\"b\"", true),
      (" \t\(tag) ", true),
      ("W/\(tag)", false), ("\"a\"", false), ("", false), (",", false),
      (String(tag.dropFirst()), false),
    ] {
      #expect(tags.matches(Array(condition.utf8), resource) == holds, "\(condition)")
    }
  }

  // MARK: Pages

  private func page(_ query: String) throws -> Page {
    try Page(Target(Array("/list\(query)".utf8).span))
  }

  @Test func readsPages() throws {
    for (query, number, size, start) in [
      ("", 1, 20, 0), ("?page=3", 3, 20, 40), ("?per_page=7&page=2", 2, 7, 7),
      ("?page=1000000&per_page=100", 1_000_000, 100, 99_999_900), ("?other=x", 1, 20, 0),
    ] {
      let page = try page(query)
      #expect((page.number, page.size, page.start) == (number, size, start), "\(query)")
    }
  }

  @Test(
    arguments: [
      "page=0", "page=", "page=-1", "page=1000001", "page=x", "page=1.0",
      "page=9223372036854775808", "per_page=0", "per_page=101",
    ])
  func refusesPages(query: String) throws {
    let member = query.prefix { $0 != "=" }
    #expect {
      try page("?\(query)")
    } throws: { error in
      (error as? APIError)?.parameter == Array(member.utf8)
    }
  }
}
