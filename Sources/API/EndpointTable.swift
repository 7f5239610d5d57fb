extension Endpoint {
  /// Everything that Postern answers, in the order of /openapi.json.
  ///
  /// To add an endpoint, add a row here and its handler to the file of its subject. The tests ask for its description in
  /// /openapi.json and for its scope, but not for its line in docs/http.md.
  package static let all: [Endpoint] = [
    // First come the requests that most clients send, because rows are compared in their order.
    Endpoint(
      "sendMessage", .post, "/v1/bots/{bot}/messages", scope: .chat, body: .json,
      MessageHandlers.send),
    Endpoint(
      "createChatCompletion", .post, "/v1/chat/completions", scope: .chat, body: .json,
      ChatHandlers.createChatCompletion),
    Endpoint(
      "createMessage", .post, "/v1/messages", scope: .chat, body: .json,
      ChatHandlers.createMessage),
    Endpoint(
      "createResponse", .post, "/v1/responses", scope: .chat, body: .json,
      ChatHandlers.createResponse),
    Endpoint(
      "chatAsOllama", .post, "/api/chat", scope: .chat, body: .json, OllamaHandlers.chat),

    Endpoint("listOutbox", .get, "/v1/outbox", scope: .read, OutboxHandlers.list),
    Endpoint("readOutbox", .get, "/v1/outbox/{message}", scope: .read, OutboxHandlers.read),
    Endpoint(
      "retryOutbox", .post, "/v1/outbox/{message}/retry", scope: .write, body: .ignored,
      OutboxHandlers.retry),
    Endpoint(
      "deleteOutbox", .delete, "/v1/outbox/{message}", scope: .write, body: .ignored,
      OutboxHandlers.delete),

    Endpoint(
      "postToChannel", .post, "/v1/channels/{channel}", scope: nil, body: .json,
      ChannelHandlers.receive),

    Endpoint("listBots", .get, "/v1/bots", scope: .read, BotHandlers.list),
    Endpoint("createBot", .post, "/v1/bots", scope: .write, body: .json, BotHandlers.create),
    Endpoint("readBot", .get, "/v1/bots/{bot}", scope: .read, BotHandlers.read),
    Endpoint("patchBot", .patch, "/v1/bots/{bot}", scope: .write, body: .json, BotHandlers.patch),
    Endpoint(
      "deleteBot", .delete, "/v1/bots/{bot}", scope: .write, body: .ignored, BotHandlers.delete),

    Endpoint(
      "listIntegrations", .get, "/v1/bots/{bot}/integrations", scope: .read,
      IntegrationHandlers.list),
    Endpoint(
      "createIntegration", .post, "/v1/bots/{bot}/integrations", scope: .write, body: .json,
      IntegrationHandlers.create),
    Endpoint(
      "listConversations", .get, "/v1/bots/{bot}/conversations", scope: .read,
      ConversationHandlers.list),
    Endpoint(
      "deleteConversations", .delete, "/v1/bots/{bot}/conversations", scope: .write,
      body: .ignored, ConversationHandlers.deleteSeveral),
    Endpoint(
      "listAllIntegrations", .get, "/v1/integrations", scope: .read,
      IntegrationHandlers.listAll),
    Endpoint(
      "readIntegration", .get, "/v1/integrations/{integration}", scope: .read,
      IntegrationHandlers.read),
    Endpoint(
      "patchIntegration", .patch, "/v1/integrations/{integration}", scope: .write, body: .json,
      IntegrationHandlers.patch),
    Endpoint(
      "deleteIntegration", .delete, "/v1/integrations/{integration}", scope: .write,
      body: .ignored, IntegrationHandlers.delete),
    Endpoint(
      "testIntegration", .post, "/v1/integrations/{integration}/test", scope: .write,
      body: .optionalJSON, IntegrationHandlers.test),
    Endpoint(
      "previewIntegration", .get, "/v1/integrations/{integration}/preview", scope: .read,
      IntegrationHandlers.preview),

    Endpoint(
      "previewConfiguration", .post, "/v1/configuration/preview", scope: .write, body: .json,
      ManagementHandlers.preview),

    Endpoint(
      "readConversation", .get, "/v1/conversations/{conversation}", scope: .read,
      ConversationHandlers.read),
    Endpoint(
      "deleteConversation", .delete, "/v1/conversations/{conversation}", scope: .write,
      body: .ignored, ConversationHandlers.delete),
    Endpoint(
      "listMessages", .get, "/v1/conversations/{conversation}/messages", scope: .read,
      ConversationHandlers.listMessages),

    Endpoint(
      "countTokens", .post, "/v1/messages/count_tokens", scope: .chat, body: .json,
      PassedHandlers.countTokens),
    Endpoint(
      "readMessage", .get, "/v1/messages/{message}", scope: .chat, body: .ignored,
      OutboxHandlers.readMessage),
    Endpoint(
      "deleteMessage", .delete, "/v1/messages/{message}", scope: .chat, body: .ignored,
      OutboxHandlers.delete),
    Endpoint(
      "createEmbeddings", .post, "/v1/embeddings", scope: .chat, body: .json,
      PassedHandlers.createEmbeddings),
    Endpoint(
      "createCompletion", .post, "/v1/completions", scope: .chat, body: .json,
      PassedHandlers.createCompletion),
    Endpoint(
      "createModeration", .post, "/v1/moderations", scope: .chat, body: .json,
      PassedHandlers.createModeration),
    Endpoint(
      "createSpeech", .post, "/v1/audio/speech", scope: .chat, body: .json,
      PassedHandlers.createSpeech),
    Endpoint(
      "createTranscription", .post, "/v1/audio/transcriptions", scope: .chat, body: .form,
      PassedHandlers.createTranscription),
    Endpoint(
      "createTranslation", .post, "/v1/audio/translations", scope: .chat, body: .form,
      PassedHandlers.createTranslation),
    Endpoint(
      "readResponse", .get, "/v1/responses/{response}", scope: .chat, ResponseHandlers.read),
    Endpoint(
      "deleteResponse", .delete, "/v1/responses/{response}", scope: .chat, body: .ignored,
      ResponseHandlers.delete),
    Endpoint(
      "listResponseInput", .get, "/v1/responses/{response}/input_items", scope: .chat,
      ResponseHandlers.listInput),
    Endpoint(
      "generateAsOllama", .post, "/api/generate", scope: .chat, body: .json,
      OllamaHandlers.generate),
    Endpoint("listModelsAsOllama", .get, "/api/tags", scope: .chat, OllamaHandlers.listModels),
    Endpoint("listLoadedAsOllama", .get, "/api/ps", scope: .chat, OllamaHandlers.listLoaded),
    Endpoint(
      "showModelAsOllama", .post, "/api/show", scope: .chat, body: .json,
      OllamaHandlers.showModel),
    Endpoint("versionAsOllama", .get, "/api/version", scope: .chat, OllamaHandlers.version),
    Endpoint("listModels", .get, "/v1/models", scope: .chat, ModelHandlers.list),
    Endpoint("showModel", .get, "/v1/models/{bot}", scope: .chat, ModelHandlers.showBot),
    Endpoint(
      "showPinnedModel", .get, "/v1/models/{bot}/{integration}", scope: .chat,
      ModelHandlers.showIntegration),

    Endpoint(
      "listExchanges", .get, "/v1/exchanges", scope: .read, body: .ignored,
      ExchangeHandlers.list),
    Endpoint(
      "readExchange", .get, "/v1/exchanges/{exchange}", scope: .read, ExchangeHandlers.read),
    Endpoint("listStatistics", .get, "/v1/stats", scope: .read, MetricsHandlers.listStatistics),
    Endpoint("readStatus", .get, "/v1/status", scope: .read, StatusHandlers.read),
    Endpoint(
      "reload", .post, "/v1/reload", scope: .admin, body: .ignored, StatusHandlers.reload),
    Endpoint("metrics", .get, "/metrics", scope: .read, MetricsHandlers.metrics),
    Endpoint("health", .get, "/healthz", scope: nil, OperationHandlers.health),
    Endpoint("readiness", .get, "/readyz", scope: nil, OperationHandlers.readiness),
    Endpoint("openapi", .get, "/openapi.json", scope: nil, OperationHandlers.openAPI),
    Endpoint("console", .get, "/", scope: nil, ConsoleHandlers.page),
    Endpoint("consoleFile", .get, "/console/{file}", scope: nil, ConsoleHandlers.file),
  ]
}
