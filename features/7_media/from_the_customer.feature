Feature: Media the customer sends are attachments of the live chat

  @must @SEED-17 @OCX-SMS-22 @OCX-ZD-17
  Scenario: [1] A picture with words
    Given Maria is in a live chat with Ada
    When Maria texts "Look at this" with a picture
    Then Ada sees "Look at this" from Maria
    And Ada sees a picture from Maria
    And nothing else is sent to anyone

  @must @SEED-17 @OCX-SMS-22 @OCX-ZD-17
  Scenario: [2] Several pictures
    Given Maria is in a live chat with Ada
    When Maria texts "Look at these" with 3 pictures
    Then Ada sees "Look at these" from Maria
    And Ada sees 3 pictures from Maria
    And nothing else is sent to anyone

  @must @SEED-17 @OPEN-16
  Scenario: [3] A picture without words
    Given Maria is in a live chat with Ada
    When Maria texts a picture
    Then Ada sees a picture from Maria
    And nothing else is sent to anyone

  @must @SEED-17 @OPEN-16
  Scenario: [4] Ten pictures without words
    Given Maria is in a live chat with Ada
    When Maria texts 10 pictures
    Then Ada sees 10 pictures from Maria
    And nothing else is sent to anyone

  @must @SEED-10 @SEED-17 @OCX-SMS-22 @OCX-SMS-24
  Scenario: [5] A picture sent to the AI is part of the transcript
    Given Maria has texted "It came like this" with a picture
    When Maria texts "A human, please"
    Then Maria receives "A person will be with you."
    And a live chat with Maria appears
    And the transcript holds a picture from Maria
    And nothing else is sent to anyone

  @should @OCX-SMS-24
  Scenario: [6] The AI answers a text with a picture
    When Maria texts "What is this?" with a picture
    Then Maria receives "Noted."
    And nothing else is sent to anyone

  @should @SEED-17
  Scenario: [7] A video is an attachment as well
    Given Maria is in a live chat with Ada
    When Maria texts "Listen to it" with a video
    Then Ada sees "Listen to it" from Maria
    And Ada sees a video from Maria
    And nothing else is sent to anyone

  @should @OCX-TRB-16
  Scenario: [8] A picture the carrier hands out late is not lost
    Given Maria is in a live chat with Ada
    And the carrier fails to hand out the next picture
    When Maria texts "Look at this" with a picture
    And 10 minutes pass
    Then Ada sees "Look at this" from Maria
    And Ada sees a picture from Maria
    And nothing else is sent to anyone

  @should @OCX-TRB-16 @P6
  Scenario: [9] A picture the carrier lost is mentioned to the agent
    Given Maria is in a live chat with Ada
    And the carrier has lost the next picture
    When Maria texts "Look at this" with a picture
    And an hour passes
    Then Ada sees "Look at this" from Maria and that a file is missing
    And nothing else is sent to anyone
