extension EndpointDescription {
  static var console: EndpointDescription {
    EndpointDescription(
      "console", "Operations", "The console, a page for administrators.",
      [Answer(means: "HTML.", content: [("text/html", #"{"type":"string"}"#)])], errors: [404])
  }

  static var consoleFile: EndpointDescription {
    EndpointDescription(
      "consoleFile", "Operations", "A file of the console.",
      [
        Answer(
          means: "The file.",
          content: ["text/javascript", "text/css", "text/html", "image/svg+xml"].map {
            ($0, #"{"type":"string"}"#)
          })
      ])
  }
}
