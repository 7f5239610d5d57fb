import API
import Bytes
import Cryptography
import HTTPClient
import HTTPServer
import Import
import JSON

/// This build of Postern, and the libraries that it runs with.
enum Build {
  #if hasFeature(Embedded)
    private static let kind: StaticString = "release"
  #else
    private static let kind: StaticString = "debug"
  #endif

  #if arch(x86_64)
    private static let target: StaticString = "x86_64-linux-gnu"
  #elseif arch(arm64)
    private static let target: StaticString = "aarch64-linux-gnu"
  #elseif arch(arm)
    private static let target: StaticString = "arm-linux-gnueabihf"
  #else
    private static let target: StaticString = "linux"
  #endif

  /// The output of `postern version --json`.
  static var json: [UInt8] {
    let curl = LibraryVersions()
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("version", string: version)
    writer.member("build", string: kind)
    writer.member("target", string: target)
    writer.name("libraries")
    writer.beginObject()
    writer.member("libmicrohttpd", HTTPServer.libraryVersion)
    writer.member("libcurl", curl.curl)
    writer.member("libcurl_tls", curl.tls)
    writer.member("libcurl_resolver", curl.resolver)
    writer.member(TLSLibrary.name, TLSLibrary.version)
    writer.member("zlib", ZlibVersion.text)
    writer.member("libyaml", YAMLLibrary.version)
    writer.endObject()
    writer.endObject()
    return writer.finish()
  }
}

extension JSONWriter {
  /// Writes a version; `null` for a library that is not there.
  fileprivate mutating func member(_ name: StaticString, _ version: Text?) {
    self.name(name)
    guard let version else { return null() }
    string(version.bytes.span)
  }
}
