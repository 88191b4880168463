#include "emulator/model/codes.h"

#include <algorithm>
#include <array>

namespace exthost::model {
namespace {

// Ascending by code; find_code relies on it and a test holds it so.
constexpr std::array kEntries = {
    // ---- config.json
    CodeEntry{codes::kConfigMissing, "The container has no config.json",
              "The hosting service looks for a blob named exactly config.json beside the version zips. "
              "Without it the sync fails and an incident opens against the owning team; a deployment that "
              "was synced before keeps serving.",
              "myextension/\n"
              "  1.0.0.5.zip\n"
              "  Config.json      the name is case sensitive",
              "Upload config.json to the top of the container, its name in lower case."},
    CodeEntry{codes::kConfigNotJson, "config.json is not valid JSON",
              "The hosting service reads config.json as strict JSON: no comments, no trailing commas, no "
              "repeated names. It refuses the file, opens an incident and goes on serving the last good one.",
              "  \"stage4\": \"1.0.0.2\",\n"
              "  \"stage5\": \"1.0.0.1\",      a comma, and nothing behind it\n"
              "}",
              "Correct the place that the message points at, and save."},
    CodeEntry{
        codes::kConfigWrongShape, "config.json does not have the documented form",
        "config.json is one JSON object whose values are strings: a version for each stage and friendly "
        "name. A value of another type makes the whole file unusable, and the last good one keeps serving.",
        "\"stage1\": [\"1.0.0.5\"]      an array where a string belongs",
        "Write each value as one string in double quotes: \"stage1\": \"1.0.0.5\"."},
    CodeEntry{
        codes::kConfigSchemaVersion, "config.json is not of schema 3",
        "The property $version is mandatory and must be the string \"3\". Schema 2, with active and "
        "versions, was replaced in February 2017 and is not accepted any more.",
        "{ \"$version\": \"2\", \"active\": \"stable\", \"versions\": { \"stable\": \"1.0.0.0\" } }",
        "Set \"$version\": \"3\" and list the stages as properties of the file, each with its version."},
    CodeEntry{codes::kStageMissing, "A stage has no version",
              "Every stage of the stage definition in force must be a property of config.json, or the "
              "service does not know what to serve in that stage's regions. The sync fails and the last good "
              "deployment keeps serving.",
              "{ \"$version\": \"3\", \"stage1\": \"1.0.0.5\", \"stage2\": \"1.0.0.4\" }\n"
              "      stage3, stage4 and stage5 are missing",
              "Add the stage with the version that its regions should get."},
    CodeEntry{codes::kVersionMissing, "A version that config.json names has no zip",
              "config.json refers to a version, but the container holds no <version>.zip. The service "
              "activates all versions of a config.json or none, so the last good deployment keeps serving.",
              "\"stage2\": \"1.0.0.6\"      and the container has 1.0.0.4.zip and 1.0.0.5.zip only",
              "Upload the zip first and edit config.json after that; the next poll takes both."},
    CodeEntry{codes::kVersionName, "A version's name cannot be used",
              "A version is the name of a zip without .zip: letters, digits, dots, underscores and hyphens, "
              "beginning with a letter or digit, 128 characters at most. Other names could not be stored or "
              "put in a URL.",
              "\"stage1\": \"1.0/5\"", "Rename the zip, and the version in config.json with it."},
    CodeEntry{codes::kFriendlyName, "A friendly name cannot be used, or should not be",
              "A friendly name becomes part of a URL and of the portal's query string. Letters and digits "
              "are documented; underscores and hyphens work but are not, and get a warning. The names true "
              "and false mean enable and disable there and are refused.",
              "\"true\": \"1.0.0.5\"      refused\n"
              "\"my_name\": \"1.0.0.5\"   a warning",
              "Choose a name of letters and digits."},
    CodeEntry{codes::kTooManyFriendlyNames, "config.json has more than 100 friendly names",
              "The hosting service accepts 100 friendly names for an extension. With one more the whole sync "
              "fails, an incident opens and the last good deployment keeps serving. Stages and $-properties "
              "do not count.",
              "\"build1\": \"1.0.0.1\", \"build2\": \"1.0.0.2\", and so on up to build101",
              "Remove the friendly names that nobody uses."},
    CodeEntry{codes::kUnknownDollarKey, "A property beginning with $ is not known",
              "Names beginning with $ are reserved for the service; $version and $customStageDefinition are "
              "the ones that exist in config.json, $sequence in stagedefinition.json. Others are ignored.",
              "\"$customStageDefinitions\": true      one letter too many, so there is no custom definition",
              "Correct the spelling, or remove the property."},
    CodeEntry{codes::kByteOrderMark, "The file begins with a byte-order mark",
              "Some editors write three invisible bytes ahead of UTF-8 text. The emulator skips them, but "
              "strict JSON readers refuse them, so the real service may not accept the file.",
              "EF BB BF 7B      the mark, then the first brace",
              "Save the file as UTF-8 without a byte-order mark."},
    CodeEntry{codes::kNamesDifferByCase, "Two names differ only by letter case",
              "Names are compared exactly, but people and browsers change the letter case of URLs, so nobody "
              "could tell which of the two a URL means. The file is refused.",
              "\"preview\": \"1.0.0.4\",\n"
              "\"Preview\": \"1.0.0.5\"",
              "Rename or remove one of them."},
    // ---- stagedefinition.json
    CodeEntry{codes::kDefinitionFetchFailed, "stagedefinition.json could not be fetched",
              "config.json says $customStageDefinition, so the service needs stagedefinition.json from the "
              "same container. If it cannot be fetched for any reason, the extension's sync fails and the "
              "last good deployment keeps serving.",
              "\"$customStageDefinition\": true      and no blob named exactly stagedefinition.json",
              "Upload the file, or take the property out of config.json."},
    CodeEntry{codes::kDefinitionNotJson, "stagedefinition.json is not valid JSON",
              "The stage definition is read as strict JSON. A fault in it fails the extension's sync, opens "
              "an incident and leaves the last good deployment serving.",
              "\"stage1\": [\"westus\",],      a comma, and nothing behind it",
              "Correct the place that the message points at, and save."},
    CodeEntry{codes::kDefinitionWrongShape, "stagedefinition.json does not follow the rules",
              "It lists the stages in $sequence, and for each of them an array of region names; the last "
              "stage is exactly [\"*\"] and takes all other regions; no region stands twice. A definition "
              "that breaks these rules fails the sync, and the last good deployment keeps serving.",
              "{ \"$sequence\": [\"first\", \"rest\"], \"first\": [\"westus\"], \"rest\": [\"eastus\"] }",
              "Correct what the message names; a last stage is written \"rest\": [\"*\"]."},
    CodeEntry{codes::kUnknownRegion, "A region is not known",
              "The name is not in the emulator's catalogue of Azure regions, or not spelt as Azure Resource "
              "Manager does. If it is misspelt, no user is ever in that region and the stage is never "
              "reached by it.",
              "\"first\": [\"westcentralu\"]      westcentralus is meant",
              "Check the spelling against the regions that 'exthost-emu regions' lists."},
    // ---- environment configuration
    CodeEntry{codes::kNoEnvironmentFile, "The extension has no configuration for this portal",
              "The version has no Content/Config file for the portal's host name, nor for a more generic "
              "one, so the hosting service answers 400 there: this is how an extension says that it is not "
              "available in a cloud.",
              "GET /myextension/stage1?trustedAuthority=portal.azure.cn\n"
              "and the zip has Content/Config/portal.azure.com.json only",
              "Add Content/Config/portal.azure.cn.json to the version; an empty object {} is enough."},
    CodeEntry{codes::kEnvironmentNotJson, "An environment configuration is not a JSON object",
              "A file in Content/Config could not be read as one strict JSON object, so its settings cannot "
              "be given to the extension.",
              "Content/Config/default.json:  { \"enablePortalLogging\": true, }",
              "Correct the place that the message points at and publish a new version."},
    CodeEntry{codes::kDefaultEnvironmentMissing, "The version has no Content/Config/default.json",
              "default.json holds the settings that all environments share, and the hosting service requires "
              "it in every version. A version without it fails validation and is not activated. A file that "
              "is left out of the zip often lacks the build action Content.",
              "1.0.0.5.zip\n"
              "  index.html\n"
              "  Content/Config/portal.azure.com.json",
              "Add the file to the version; an empty object {} is enough."},
    CodeEntry{codes::kEnvironmentObjectReplaced,
              "An environment file replaces a whole object of default.json",
              "Settings are merged one level deep: where default.json and the environment's file have the "
              "same key, the environment's value replaces the other as a whole, objects included. What "
              "default.json has inside that object is lost there.",
              "default.json:           { \"links\": { \"help\": \"/help\", \"news\": \"/news\" } }\n"
              "portal.azure.com.json:  { \"links\": { \"help\": \"/hilfe\" } }      no news in that portal",
              "Repeat in the environment's file what is needed there."},
    // ---- stamps and requests to hosting
    CodeEntry{codes::kUnknownStamp, "The stamp does not exist",
              "The last part of the URL is neither a stage, nor a friendly name of config.json, nor the "
              "build number of a synced version (with d for each dot). The answer is 404.",
              "GET /myextension/stage9?trustedAuthority=portal.azure.com",
              "Use one of the stamps that the message lists, or publish the version first."},
    CodeEntry{codes::kUnknownExtension, "No extension of that name is hosted here",
              "The first part of the path must be the hosting service name of a registered extension, which "
              "is not the name that the portal knows it by. The answer is 404.",
              "GET /Microsoft_Azure_MyExtension      its hosting service name is myextension",
              "Check the name against /api/diagnostics, which lists every hosted extension."},
    CodeEntry{codes::kNeverSynced, "The extension has never been synced",
              "The extension is registered, but no deployment of it was ever good enough to activate, so "
              "there is nothing to serve and the answer is 503.",
              "GET /myextension      while its config.json is not valid",
              "Look at the open incident ('exthost-emu incidents') and mend what it names."},
    CodeEntry{codes::kUnknownContent, "The version has no such file",
              "The URL names a file that is not in the version it was asked from, nor, for a bundle, in any "
              "retained version. The answer is 404. Files are missing from a zip most often because their "
              "build action is not Content; server-side controllers are not hosted.",
              "GET /myextension/Content/1.0.0.5/Images/logo.svg      and no such file in 1.0.0.5.zip\n"
              "GET /myextension/Content/api/items                   a controller's relative URL",
              "Put the file into the zip; call controllers by an absolute URL."},
    CodeEntry{codes::kAmbiguousStamp, "The stamp could mean several things",
              "The stamp matches more than one name or version, and choosing one of them could show you the "
              "wrong version. Nothing is served.",
              "GET /myextension/1d0d5      with the versions 1.0.5 and 1.0d5",
              "Use the exact spelling, or the name of a stage or friendly name."},
    CodeEntry{codes::kAuthorityMissing, "The request does not say which portal it comes from",
              "The portal passes its host name in the query parameter trustedAuthority, and the hosting "
              "service picks the environment configuration by it. Without the parameter the portal in force "
              "is assumed; where it holds no host name the answer is 400.",
              "GET /myextension/stage1?l=en", "Add trustedAuthority=portal.azure.com to the URL."},
    CodeEntry{
        codes::kRegionDown, "The data centre that was asked for is down",
        "Somebody took the region's data centre down, so it answers nobody and polls nothing. A request "
        "that names the region is answered with 503; one that names none is answered by the nearest "
        "region that is up, where Traffic Manager would send the user.",
        "exthost-emu regions down westus\nGET /myextension?region=westus",
        "Ask another region, or bring it back with 'exthost-emu regions up westus'."},
    // ---- the CDN's edge
    CodeEntry{
        codes::kCdnOff, "The CDN edge is off",
        "A host of a CDN was asked for, such as myextension.vo.msecnd.net, and this instance emulates no "
        "CDN. The hosting service itself has the same content, with or without /CDN/ in the path.",
        "GET https://myextension.vo.msecnd.net.localhost:14431/Content/1.0.0.5/logo.svg",
        "Start with --cdn on, or set \"cdn\": \"on\" in the settings."},
    CodeEntry{codes::kCdnOutage, "The CDN edge is down",
              "An outage of the CDN is being tried out: every host of it answers 503. Pages that name the "
              "origin as the second address of a script still load; the origin is not touched.",
              "exthost-emu cdn outage on", "End it with 'exthost-emu cdn outage off'."},
    // ---- registrations and portal URLs
    CodeEntry{codes::kRegistrationInvalid, "An extension's registration is wrong",
              "A registration gives an extension's name and either its hostingServiceName or its own uri. "
              "Something in it is missing, of the wrong type or contradictory, and the portal could not load "
              "the extension by it.",
              "{ name: \"Microsoft_Azure_MyExtension\", hostingServiceName: \"my extension\" }      a space",
              "Correct the property that the message names."},
    CodeEntry{codes::kOverrideIgnored, "An override in the portal URL has no effect",
              "The URL asks for something that the portal does not do as it stands. The extension loads as "
              "if the override were not there.",
              "https://portal.azure.com/?feature.canmodifystamps=yes&Microsoft_Azure_MyExtension=stage1",
              "Write what the message says is missing, such as feature.canmodifystamps=true."},
    CodeEntry{
        codes::kSideloadRefused, "A sideloaded extension is refused",
        "testExtensions loads an extension from this machine into the portal. It needs "
        "feature.canmodifyextensions=true, a valid JSON object, and an https URL whose host is localhost.",
        "#?testExtensions={\"MyExtension\":\"http://127.0.0.1:44300/\"}",
        "Add feature.canmodifyextensions=true to the query, and use https://localhost with any port."},
    // ---- runtime compatibility
    CodeEntry{
        codes::kSdkExpiresSoon, "The extension's SDK will soon be too old for the portal",
        "The portal runs an extension for 120 days after its deployment, or 90 if its SDK is older than "
        "5.0.302.258. Sixty days are over, which is when alerts about the SDK's age begin.",
        "SDK 13.238.2.1, deployed on 2026-09-01      on 2026-11-20, 40 days are left",
        "Update the SDK, build and deploy before the days that are left have passed."},
    CodeEntry{
        codes::kSdkExpired, "The extension's SDK is too old for the portal",
        "The days of runtime compatibility that follow a deployment have passed: 120, or 90 if the SDK is "
        "older than 5.0.302.258. The portal no longer promises to load the extension.",
        "SDK 5.0.302.200, deployed on 2026-06-01      its 90 days ended on 2026-08-30",
        "Update the SDK, build and deploy again."},
    // ---- what check finds in sources, packages and containers
    CodeEntry{codes::kRelativeController, "A controller is called by a relative URL",
              "The hosting service serves files and has no controllers, so a relative URL such as /api/jobs "
              "leads nowhere once the extension is hosted.",
              "fetch(\"/api/jobs\")      in Content/Scripts/jobs.js",
              "Keep the controllers as a service of their own, put its absolute URL into Content/Config "
              "(controllerEndpoint, say), and call that."},
    CodeEntry{codes::kUnreferencedZip, "A zip is not named by config.json",
              "No stage and no friendly name refers to the version, so the hosting service never fetches it. "
              "That is as it should be for old versions that are kept to go back to.",
              "1.0.0.6.zip is in the container      and config.json names 1.0.0.1 to 1.0.0.5",
              "For a new version, edit config.json; an old one may stay or go."},
    CodeEntry{codes::kBlobsDifferByCase, "Blobs differ only by letter case",
              "Names of blobs are case sensitive, and stamps in URLs are often written in another case, so "
              "nobody can tell which of the two is meant.",
              "1.0.0.5-beta.zip and 1.0.0.5-Beta.zip", "Keep one of them."},
    CodeEntry{codes::kDefinitionUnused, "stagedefinition.json is not used",
              "The hosting service fetches stagedefinition.json only if config.json says "
              "\"$customStageDefinition\": true. Without it the cloud's own stages are in force.",
              "stagedefinition.json lies beside a config.json without $customStageDefinition",
              "Add the property to config.json, or remove the file."},
    CodeEntry{codes::kContainerNotListed, "The container cannot be listed",
              "Its blobs can be read by name, but the list of them is refused: the access level may be Blob, "
              "while Container is documented. What nothing refers to could not be looked for.",
              "GET https://mybizaextension.blob.core.windows.net/extension?restype=container&comp=list      "
              "404",
              "Set the container's access level to Container."},
    // ---- packages
    CodeEntry{codes::kZipReplaced, "A zip was replaced, but its version is already synced",
              "The hosting service never downloads a version twice, so replacing <version>.zip changes "
              "nothing: the bytes that were synced first keep being served.",
              "az storage blob upload --name 1.0.0.5.zip --overwrite      while 1.0.0.5 is live",
              "Publish the change as a new version and point config.json at it."},
    CodeEntry{codes::kZipCorrupt, "The zip is damaged",
              "The file is not a complete zip, or its directory, sizes or checksums contradict its contents. "
              "It fails validation, and the last good deployment keeps serving.",
              "1.0.0.5.zip      cut short by an upload that was broken off",
              "Build and upload the zip again."},
    CodeEntry{codes::kZipUnsafe, "The zip has entries that could do harm",
              "An entry points outside the package, is a link or device, or has a name that systems read in "
              "different ways. The zip is refused as a whole.",
              "1.0.0.5.zip\n"
              "  index.html\n"
              "  ../outside.js",
              "Build it from ordinary files and folders only."},
    CodeEntry{codes::kZipTooLarge, "The zip is larger than the limits allow",
              "The zip, a file in it, the number of its files or what it would expand to is over a limit. It "
              "is refused before it can fill memory or disk.",
              "a zip of 20 MB that expands to 5 GB      more than 200 times its size",
              "Leave out what the extension does not need, such as source maps."},
    CodeEntry{codes::kZipUnsupported, "The zip uses something that is not supported",
              "Entries must be stored or deflated, and not encrypted or split.",
              "zip --encrypt 1.0.0.5.zip index.html",
              "Build the zip with an ordinary tool and its default settings."},
    CodeEntry{
        codes::kZipNames, "File names in the zip clash or cannot be served",
        "Paths are served without regard to letter case, so two files whose names differ only by case clash, "
        "as do a file and a folder of one name; names must be valid text within the length limits.",
        "Content/Logo.svg\n"
        "Content/logo.svg",
        "Rename the files."},
    CodeEntry{codes::kHostingSvcZip, "The zip is a development build",
              "A build with IsDevelopmentMode set to true makes HostingSvc.zip instead of <version>.zip, and "
              "the hosting service finds no version of that name.",
              "config.json:  \"stage1\": \"1.0.0.5\"\n"
              "the container has HostingSvc.zip and no 1.0.0.5.zip",
              "Set IsDevelopmentMode to false and build again in the Release configuration."},
    // ---- the container as a source
    CodeEntry{codes::kStorageUnavailable, "The container cannot be reached",
              "The storage account did not answer, or answered with an error. The sync fails and an incident "
              "opens; everything that was synced before keeps serving, and the next poll tries again.",
              "\"storage\": { \"url\": \"http://127.0.0.1:9/extension\" }      nobody listens there",
              "Check the container's URL, and that anonymous read access is on."},
    CodeEntry{codes::kSourceTooLarge, "The container sent more than the limit",
              "A blob is larger than what the hosting service accepts for its kind, so reading it was "
              "stopped. The sync fails and the last good deployment keeps serving.",
              "a config.json of 300 KiB, where 256 KiB is the most",
              "Make the blob smaller; the message names it and the limit."},
    CodeEntry{codes::kSourceRedirects, "The container answers with a redirect",
              "The hosting service reads a container by its registered URL and follows no redirects, since "
              "they could lead anywhere. The sync fails.",
              "GET https://example.com/extension/config.json\n"
              "302 Found, Location: https://login.example.com/",
              "Register the URL that the redirect leads to."},
    CodeEntry{codes::kRetainedUnreadable, "A version kept on disk cannot be read",
              "A version that was synced before could not be opened again from the state folder. It is "
              "fetched anew at the next sync; until then requests for it are answered with an error.",
              "a file of the state folder's hosting/packages that was deleted or changed between two runs",
              "Nothing, if it happens once. If it repeats, check the disk."},
    // ---- HTTP gate
    CodeEntry{codes::kHostRefused, "The Host header names a stranger",
              "The emulator answers only for localhost, loopback addresses, .localhost names and hosts given "
              "with --allow-host, on its own port. Other names could be a web page that has been pointed at "
              "this machine, so the answer is 421.",
              "GET /myextension HTTP/1.1\n"
              "Host: evil.example",
              "Use a localhost URL, or allow the name with --allow-host."},
    CodeEntry{codes::kOriginRefused, "A page from another site may not do this",
              "The request was sent by a web page of another origin. The portal, storage and control "
              "listeners do not serve such requests, so that no site you visit can drive the emulator.",
              "fetch('http://localhost:14433/_emu/v1/info')      on https://example.com",
              "Open the URL directly, or use the command line."},
    CodeEntry{codes::kBadTarget, "The request's path or query cannot be understood",
              "The target is malformed: bad percent-encoding, a control character, an encoded slash, or .. "
              "that leaves the root. The answer is 400.",
              "GET /myextension/%2e%2e/%2e%2e/etc/passwd", "Correct the URL."},
    CodeEntry{codes::kMethodRefused, "The method is not allowed here",
              "The resource exists but does not take this HTTP method. The answer is 405.",
              "DELETE /myextension/stage1", "Use one of the methods that the Allow header lists."},
    CodeEntry{codes::kBodyTooLarge, "The request's body is too large",
              "The body is longer than this route accepts, and reading it was stopped. The answer is 413.",
              "POST /_emu/v1/sync      with a body of a megabyte",
              "Send no more than the limit that the message gives."},
    CodeEntry{codes::kTokenRequired, "The token of this run is required",
              "Requests that change the emulator's state need the run's token, so that only its user can "
              "make them. The answer is 401. The command line finds the token in the ready file by itself.",
              "curl -X POST http://localhost:14433/_emu/v1/sync",
              "Add the header Authorization: Bearer <token>; 'exthost-emu env' prints the token."},
    CodeEntry{codes::kTooManyStreams, "Too many event streams are open",
              "The number of open event streams is limited, so that they cannot crowd out ordinary requests. "
              "The answer is 503.",
              "the 257th GET /_emu/v1/events at one time",
              "Close a page or a follower and try again after the time in Retry-After."},
    CodeEntry{codes::kUnknownRoute, "There is nothing at this path",
              "No page or API stands at the path on this listener. The answer is 404.",
              "GET /_emu/v1/incident      incidents is meant",
              "Check the path and the port; /_emu/openapi.json on the control listener lists its API."},
    CodeEntry{codes::kBadRequestBody, "The request's body cannot be understood",
              "The body is not what this route takes: not valid JSON, of the wrong type, or with a value out "
              "of range. Nothing was changed.",
              "POST /_emu/v1/clock:advance\n"
              "{ \"by\": \"soon\" }",
              "Correct what the message names."},
    CodeEntry{codes::kMalformedRequest, "The request is not well-formed HTTP/1.1",
              "The bytes on the connection are no request that can be understood in one way only: a folded "
              "header, a length given twice, a broken chunk, TLS spoken to a plain port or the other way "
              "round. The connection is closed.",
              "curl http://localhost:14431/myextension      a port that speaks https",
              "Correct the client, or the scheme of the URL."},
    CodeEntry{codes::kRequestLimit, "The request passes a limit of the connection",
              "The request line, the headers or their number are too large (414, 431), or the client is too "
              "slow (408). A request line may have 8 KiB, the headers 16 KiB.",
              "GET /myextension?filter=…      with 10,000 characters",
              "Make the request smaller, or send its content as the body."},
    CodeEntry{codes::kServerBusy, "Too many requests wait for an answer",
              "The queue of requests that have to wait for the disk is full. The answer is 503 with "
              "Retry-After, and nothing was changed.",
              "thousands of uploads at one time", "Send fewer requests at a time, and try again."},
    CodeEntry{codes::kServiceFailed, "The emulator failed to answer",
              "A defect of the emulator, not of your extension. What was stored and served before is "
              "untouched. The answer is 500.",
              "an exception inside the program, which the log describes",
              "Please report it, with the lines of the log."},
    CodeEntry{
        codes::kIncidentResolved, "The incident is resolved already",
        "Only an open incident can be acknowledged or resolved. This one was resolved by a good sync or "
        "by somebody before. The answer is 409.",
        "exthost-emu incidents resolve 3      a second time",
        "Look at what is open: exthost-emu incidents --state open."},
    CodeEntry{
        codes::kFailoverRefused, "The storage account cannot fail over, or back",
        "A failover needs a secondary location that is up, and a failback a primary location that is up. "
        "An account that failed over is locally redundant, as in Azure, until it fails back. Nothing "
        "was changed; the answer is 409.",
        "exthost-emu storage failover      while an outage of both locations is on",
        "End the outage with 'exthost-emu storage outage none', or look at where the accounts are with "
        "'exthost-emu storage'."},
    // ---- settings and options
    CodeEntry{codes::kSettingsNotJson, "The settings file is not valid JSON",
              "exthost-emu.json may have comments and trailing commas, but must otherwise be valid JSON. The "
              "emulator does not start with settings it cannot read.",
              "{ \"fidelity\": dev }      a word without quotes",
              "Correct the place that the message points at."},
    CodeEntry{codes::kSettingsUnknownKey, "A setting is not known",
              "The settings file has a property that does not exist, most often a misspelt one. The emulator "
              "does not guess, and does not start.",
              "{ \"fidelty\": \"dev\" }", "Correct or remove the property."},
    CodeEntry{codes::kSettingsValue, "A setting's value cannot be used",
              "The value has the wrong type or is out of range, or two settings contradict each other. The "
              "emulator does not start; one that runs keeps the settings it has.",
              "{ \"fidelity\": \"fast\" }      dev, prod or ci",
              "Write one of the values that the message lists."},
    CodeEntry{codes::kTargetMissing, "What should be hosted does not exist",
              "The folder or file that was named cannot be found, or is neither an extension's folder nor a "
              "container nor a settings file.",
              "exthost-emu start ./Ouput",
              "Check the path, or start with 'exthost-emu demo' to see the sample extension."},
    CodeEntry{
        codes::kUsage, "The command line cannot be understood",
        "An option or argument is unknown, misspelt or missing its value. Nothing was started.",
        "exthost-emu start --prot 15000",
        "Run 'exthost-emu help' for the commands, and 'exthost-emu start --help' for the options of one."},
    CodeEntry{codes::kSettingWaits, "A changed setting takes effect at the next start",
              "The settings file was saved while the emulator runs. It is fine, but what the message names "
              "cannot be changed meanwhile: the value that it had at the start stays in force.",
              "{ \"ports\": { \"base\": 15000 } }      saved while the emulator listens on 14430",
              "Start the emulator again when it suits you, or change the file back."},
    // ---- this machine
    CodeEntry{codes::kPortInUse, "A port is already in use",
              "Another program listens on the port; the message names it if it can be told. The emulator "
              "does not start.",
              "exthost-emu start --hosting-port 8080      while a web server has 8080",
              "Stop the other program, or choose other ports with --port; --port 0 takes free ones."},
    CodeEntry{codes::kStateInUse, "Another instance uses this state folder",
              "One instance at a time may use a state folder, since two would spoil each other's data. The "
              "message gives the other's process id.",
              "exthost-emu start ./project      twice",
              "Stop the other, or give this one its own folder with --state-dir, or use --ephemeral."},
    CodeEntry{codes::kStateUnwritable, "The state folder cannot be written",
              "The folder that holds storage, synced versions and the journal cannot be made or written.",
              "exthost-emu start --state-dir /proc/emulator",
              "Check its permissions and the free space, or choose another with --state-dir."},
    CodeEntry{codes::kTlsFailed, "The certificates for https could not be made or read",
              "The emulator keeps a private certificate authority in the user's data folder and signs its "
              "localhost certificates with it. Something about those files or their making failed.",
              "$XDG_DATA_HOME/exthost-emu/tls      is a file, or belongs to another user",
              "Remove the tls folder to have it made anew, or start with --no-https."},
    CodeEntry{codes::kNoInstance, "No running instance was found",
              "The command needs a running emulator and found none for this project, name or ready file.",
              "exthost-emu regions      before exthost-emu start",
              "Start one, or say which with --instance or --ready-file; 'exthost-emu ps' lists them."},
    CodeEntry{
        codes::kWaitTimedOut, "The condition did not come true in time",
        "The command waited for as long as it was told. The message says what it was still waiting for.",
        "exthost-emu wait ready --timeout 5s",
        "Look at the open incidents ('exthost-emu incidents'), or give it more time."},
    CodeEntry{
        codes::kBrowserNotStarted, "No browser could be started",
        "None of the programs in BROWSER could be started, or xdg-open could not if BROWSER is not set. The "
        "emulator does not need one: any browser on this machine can open the URL in the message.",
        "BROWSER=no-such-browser exthost-emu open",
        "Open the URL by hand, or set BROWSER to the name of a program that opens URLs."},
    // ---- watching and publishing
    CodeEntry{codes::kSourceUnreadable, "The extension's folder cannot be read",
              "A file or folder of the extension's source could not be read, so no new version was made. "
              "What was published before keeps serving, and the next saved change tries again.",
              "chmod 000 Output/Content/Scripts/main.js", "Make the file that the message names readable."},
    CodeEntry{codes::kPublishFailed, "A new version could not be published",
              "The version was built, but it or the changed config.json could not be put in the container. "
              "What was published before keeps serving.",
              "the container's config.json has a friendly name Dev, and the new version should go to dev",
              "Mend what the message says stood in the way, and save again."},
    CodeEntry{codes::kWatchLimit, "The system allows no more watched folders",
              "The limit of watched folders is used up, so the emulator looks through the source folder at "
              "intervals instead, which is slower.",
              "a source folder of 100,000 folders, where fs.inotify.max_user_watches is 65536",
              "Raise fs.inotify.max_user_watches, or leave folders out with the source's ignore setting."},
    CodeEntry{codes::kSourceRejected, "The extension's folder does not make a usable version",
              "The source folder could be read, but what it holds cannot be a version. What was published "
              "before keeps serving.",
              "Output/Content/Logo.svg\n"
              "Output/Content/logo.svg      names that differ only by letter case",
              "Change what the message names, and save."},
    CodeEntry{codes::kBuildCommandEnded, "The extension's build command does not run",
              "The source's command should run for as long as the emulator, but it has ended by itself or "
              "could not be started. What it left in the folder is served, and changes of the folder are "
              "still published; nothing builds them any more.",
              "\"source\": { \"folder\": \"./dist\", \"command\": \"tsc -p .\" }      without --watch",
              "Look at what it printed. Have it started again with the key r, or with POST "
              "/_emu/v1/extensions/NAME/source:restart, or mend the command in the settings file."},
    // ---- publishing by verb and by the control API
    CodeEntry{codes::kVersionTaken, "The version is there already, with other contents",
              "A version is published once. The hosting service never fetches a version again that it has, "
              "so other bytes under the same name would reach nobody, or only some data centres. Nothing was "
              "written.",
              "exthost-emu publish demo --version 1.0.0.5 --folder Output      1.0.0.5.zip is another one",
              "Give the new contents a version of their own."},
    CodeEntry{codes::kContainerNotOurs, "The container cannot be changed from here",
              "The extension's container is somebody else's, which is only read, or a mounted folder that "
              "the settings declare read only. Nothing was written.",
              "\"storage\": { \"url\": \"https://account.blob.core.windows.net/extension\" }",
              "Publish to it with the tools of its owner; or host the extension from a container of the "
              "emulator's own, or from a mounted folder without readOnly."},
    CodeEntry{
        codes::kNothingToMove, "There is nothing to promote or to roll back",
        "A promotion gives a stage the version of another one, and a rollback gives stages the versions "
        "that they had before. Here they have those versions already, or no earlier ones are known.",
        "exthost-emu promote demo      while all stages have 1.0.0.5",
        "Look at what the stages have with 'exthost-emu regions'; name the stages with --from and --to, "
        "or the version with --version."},
    CodeEntry{
        codes::kConfigChanged, "config.json was changed by somebody else meanwhile",
        "The edit was made from a config.json that is not the container's any more. It was not written, "
        "so that nobody's change is lost.",
        "PUT /_emu/v1/extensions/demo/config      If-Match names an earlier ETag",
        "Read config.json again, make the change in it, and write that."},
    CodeEntry{codes::kVersionInUse, "config.json refers to the version",
              "A stage or friendly name of config.json has the version. Without its zip the sync of a data "
              "centre that has not fetched it yet would fail, so it was not removed.",
              "DELETE /_emu/v1/extensions/demo/versions/1.0.0.5      and stage1 has 1.0.0.5",
              "Give the names that the message lists another version first."},
    // ---- what somebody waits for on the clock
    CodeEntry{codes::kExpressionInvalid, "An expression is not understood",
              "clock run-until waits for what one line says: which version a region, or every region of a "
              "stage, serves, or how many incidents are open. The clock was not moved.",
              "exthost-emu clock run-until 'westsu=1.0.0.5'      a region that does not exist",
              "Correct the place that the message points at; exthost-emu regions lists regions and stages."},
    CodeEntry{codes::kNotReached, "What was waited for did not come true",
              "The clock was moved by all the time that clock run-until may take, everything due in it has "
              "happened, and the expression still does not hold. The message says what there is instead.",
              "exthost-emu clock run-until 'westus=1.0.0.6' --max 1h      but config.json names 1.0.0.5",
              "Look at what is there instead, at exthost-emu incidents and at config.json; a longer --max "
              "helps if the time was too short."},
    // ---- what the emulator tells others
    CodeEntry{
        codes::kHookFailed, "A hook could not be told",
        "A URL of the hooks settings did not take a message: nobody answered in time, or the answer was "
        "no 2xx, and further tries were no better. The message is lost; syncs and serving do not depend "
        "on it.",
        "\"hooks\": { \"incident\": [\"http://127.0.0.1:9999/hook\"] }      nobody listens there",
        "Check the URL and the receiver; what was opened meanwhile is in 'exthost-emu incidents'."},
};

}  // namespace

std::span<const CodeEntry> all_codes() {
  return kEntries;
}

const CodeEntry* find_code(std::string_view code) {
  const auto entry = std::lower_bound(
      kEntries.begin(), kEntries.end(), code,
      [](const CodeEntry& candidate, std::string_view wanted) { return candidate.code < wanted; });
  return entry != kEntries.end() && entry->code == code ? &*entry : nullptr;
}

}  // namespace exthost::model
